"""Load: campaign files, strictly read and fully checked."""
