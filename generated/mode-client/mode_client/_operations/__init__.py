"""The operations of the document as data: what the runtime needs to send a request and to parse a response."""
