"""What a person at the command line types and sees: commands, files, tables, dates, words."""
