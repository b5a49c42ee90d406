# Who may see what
blind-asker = The asker (read blind)
board-blind = This event reads blind: a search finds no names, and the filters by company and field look at released questions only.
board-own-first = Only scores of questions that you scored or abstained from are used. What you have not scored is left out of a filter by score, and stands last in the order, by number.
warn-company-blind = { $n } of the questions on stage are from the same company. Which one is not shown while the event reads blind.
why-score-untold = Others' scores count (shown once you have scored it)
balance-blind = While the event reads blind, company, field and first-time askers are not compared.
