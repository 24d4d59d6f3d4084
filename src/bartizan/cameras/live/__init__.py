"""Live pictures: a camera's own packets passed on to the browser, never decoded and never kept."""
