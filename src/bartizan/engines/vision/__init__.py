"""What cameras see: motion, people and vehicles, their tracks, and what happens in a scene."""
