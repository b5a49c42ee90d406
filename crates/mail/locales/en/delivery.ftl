mail-delivery-subject = [{ $event }] Your answer is here: { $excerpt }
mail-delivery-hello = Dear { $name }, here is the answer to the question you sent to “{ $event }”.
mail-delivery-asked = Your question:
mail-delivery-answered = The answer:
mail-delivery-action = See the answer on my page
mail-delivery-note = You can read the answer on your page again at any time.
