# To those who asked what was answered already
mail-delivery-duplicate = Somebody else asked the same before you, and it was already answered. Here is that answer.
