"""What `sweep doctor` looks at. A check gives findings; each says what is so, and what to do where it is wrong."""
