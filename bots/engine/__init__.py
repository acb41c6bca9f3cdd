"""The conversation engine: lanes over the inbox, aiogram's dispatcher, the dialogue in the database."""
