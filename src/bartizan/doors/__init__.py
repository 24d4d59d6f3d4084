"""Who may pass which door, who is inside, and how a place is locked down."""
