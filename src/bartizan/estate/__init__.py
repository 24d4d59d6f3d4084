"""What is protected: departments, people, sites, zones, portals, devices, hosts, user accounts, badges."""
