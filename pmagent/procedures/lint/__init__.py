"""What is wrong with a procedure before it runs: PL01 to PL20."""
