"""Cameras: recorded, watched for people, looked back at."""
