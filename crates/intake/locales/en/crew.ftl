field-drop-address = Other addresses to take away
hint-drop-address = Staff confirmed that these are theirs. Answers from an address that you take away are held again.
