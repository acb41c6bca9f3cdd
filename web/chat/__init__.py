"""The chat with the bot and the conversations with the authority, as a citizen sees them."""
