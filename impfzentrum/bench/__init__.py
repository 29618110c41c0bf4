"""How fast our code is, against a floor of plain SQL or plain sockets doing the same work in the same run."""
