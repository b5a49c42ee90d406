# The magazine: readers' pages
magazine-title = Magazine
magazine-lead = The conversation, collected issue by issue.
magazine-empty = No issue is out yet. The first one will be here.
magazine-no = Issue { $n }
magazine-articles = { $n ->
    [one] { $n } article
   *[other] { $n } articles
}
magazine-contents = Contents
magazine-previous = Previous article
magazine-next = Next article
magazine-archive = Archive
magazine-archive-lead = Everything published so far, by year, service and keyword.
magazine-by-year = Year
magazine-by-service = Service
magazine-by-keyword = Keyword
magazine-older = More
magazine-first = From the beginning
magazine-search = Search
magazine-search-label = Words to look for
magazine-search-hint = Looks in titles, questions, answers and the names of those who speak. With several words, all of them must be there.
magazine-found = { $n ->
    [one] { $n } article found
   *[other] { $n } articles found
}
magazine-found-more = More than 1,000 articles found
magazine-found-none = No article has these words. Try fewer, or other ones.
magazine-found-nothing = Write a word with letters or figures.
magazine-exchange = Question { $n }

# Where issues are made
issues-public = See it as readers do
issues-empty = There is no issue yet. Make one, put articles into it, and set their order.
issues-number = Number
issues-articles = Articles
issues-create = Make an issue
issues-create-hint = The title on the cover. Numbers follow one another; you can change this one until readers have seen it.
issue-lang-hint = The language of its cover and contents. Its articles may be in another.
issue-created = The issue is made.
issue-state-draft = In preparation
issue-state-shown = Public
issue-state-hidden = Hidden
issue-state-draft-hint = Readers do not see this issue yet. Its articles go by their own state: those that are published can be read.
issue-state-shown-hint = Readers see the cover and the contents, and go from one article to the next.
issue-state-hidden-hint = Readers see neither the issue nor any article in it. An article that you move elsewhere or take out is seen again.
issue-overtaken = Somebody else saved first. Below is what you typed, without articles that were moved to another issue meanwhile; those that came in stand at the end. Look at it and save once more.
issue-order = Contents
issue-order-empty = Nothing is in it yet. Make sections and add articles below.
issue-order-hint = Drag a line, press [ and ] while you are on it, or use its arrows. A section holds the articles up to the next one.
issue-place = Place
issue-line = Sections and articles
issue-acts = Actions
issue-section = Section
issue-up = Move line { $n } up
issue-down = Move line { $n } down
issue-remove = Take out line { $n }
issue-new-section = New section
issue-add-section = Add section
issue-add = Add articles
issue-add-hint = An article that stands in another issue moves here. Nobody is notified.
issue-find = Find by title
issue-find-do = Find
issue-offers = Articles to add
issue-offers-none = There is no article to add. Make one at its event first.
issue-offers-not-found = No article has this in its title.
issue-stands-in = in issue { $n }
issue-add-articles = Add chosen articles
issue-cover = Cover
issue-number-hint = It becomes the address. Once readers have seen the issue it stays.
issue-standfirst-hint = One line below the title on the cover.
issue-tone = Colour of the cover
issue-tone-ink = Ink blue
issue-tone-clay = Clay
issue-tone-pine = Pine
issue-tone-plum = Plum
issue-picture = Picture on the cover
issue-cover-kept = The picture is here. Save, and it stands on the cover.
issue-no-cover = Remove the picture
issue-show = Make public
issue-show-hint = At least one published article must be in it. The cover and contents appear at once, as they are saved.
issue-shown = The issue is public.
issue-empty = To make it public, put at least one published article into it.
issue-hide = Hide
issue-hide-hint = The issue and every article in it disappear at once. Making it public again brings all of it back.
issue-hidden = The issue and its articles are hidden.
issue-hidden-with-it = The issue in which this article stands is hidden, so readers do not see the article, either.
issue-preview-line = A preview. Readers see published articles only.
issue-unseen = Not seen by readers
issue-empty-line = There is nothing to read in this issue at the moment.
issue-error-number = Write a number from 1 to { $most }.
issue-error-many = An issue holds { $most } lines at most.
issue-error-choose = Choose the articles to add.
field-section = New section
field-add = Articles to add
field-number = Number
field-cover = Picture on the cover
field-cover-alt = Text alternative
