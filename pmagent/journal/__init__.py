"""What every change held before it, so that each can be taken back."""
