"""Where price lists come from: files and servers, the last snapshot, what runs have used."""
