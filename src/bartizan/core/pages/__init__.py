"""Pages of the core: accounts and the registers."""
