"""What is written down for ever: values, events, commands, the program file, upcasts."""
