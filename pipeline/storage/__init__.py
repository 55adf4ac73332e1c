"""Object storage: what several machines share, by the S3 protocol."""
