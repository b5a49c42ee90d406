# Similar questions while one writes
my-similar-title = Similar questions
my-similar-others = { $n } others asked something like this for this event. Send yours all the same: you will be answered together.
my-similar-read = Read the whole answer in “{ $title }” (new window)
my-duplicate = The same has been answered already, so that answer comes to you at once.
my-joined-by = You get the answer together with { $n } others who asked something similar.
