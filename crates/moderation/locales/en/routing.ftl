# Rules of routing, releases with their mails, the words of mails
routing-running = Routing
routing-left = Questions left: { $n }
routing-unknown-year = No public holidays of { $year } are known, so due dates skip weekends only. See events.holidays_file in the settings.
routing-elsewhere = Crew of { $crew }
routing-second = Second crew: { $crew }
rest-title = Route what remains
rest-filter = Which questions to route
rest-any = All
rest-none = No undecided question is like that.
route-filtered = { $n ->
    [one] Route the question that fits
   *[other] Route the { $n } questions that fit
  }
triage-routing-begun = Routing { $n } questions has begun. It goes on when you close this page.
shares-title = Who would get how many
shares-hint = If all were released now, this is how it would be split: whoever has the least open gets the next one, and a deputy gets what would go to somebody who is away.
shares-person = Person
shares-open = Open now
shares-deputy = Deputy
suggest-title = { $n ->
    [one] 1 question that may belong elsewhere
   *[other] { $n } questions that may belong elsewhere
  }
suggest-hint = They speak of another service than the one that was chosen. Nothing changes by itself; the button routes to that crew.
suggest-chosen = Chosen service
suggest-why = Why
suggest-follow = Follow
suggest-to = Route to { $service }
suggest-named = The text names { $name }
suggest-like = Like question { $numbers }
suggest-like-before = Like a question of an earlier event
suggest-panel = Proposed: { $service }
pending-filter = Which decisions to release
pending-none-so = No pending decision is like that.
col-mail = Mail
preview = Preview
preview-all = Preview every mail
preview-title = Mails as they will be sent
preview-of = { $n } of { $of } decisions
preview-hint = To each in their own language. To change one mail, release by hand and edit it in the outbox; to change all, edit the words.
preview-page-only = No mail address: they read it on their page.
release-when = When the mails go
release-when-now = At once
release-when-at = At a chosen time
release-when-hand = By hand (they wait as drafts)
release-at = Time of sending
release-at-hint = For “At a chosen time”. Time zone: { $zone }
release-at-past = Give a time that is still to come.
release-filtered = { $n ->
    [one] Release the decision that fits
   *[other] Release the { $n } decisions that fit
  }
release-mode-now = At once
release-mode-at = Scheduled
release-mode-hand = By hand
triage-released-at-n = { $n ->
    [0] There was nothing to release.
    [one] 1 decision released. Its mail goes at the chosen time.
   *[other] { $n } decisions released. Their mails go at the chosen time.
  }
triage-released-hand-n = { $n ->
    [0] There was nothing to release.
    [one] 1 decision released. Its mail waits as a draft: see the release below.
   *[other] { $n } decisions released. Their mails wait as drafts: see the release below.
  }
releases-title = Releases
releases-at = Released
releases-done = Done
releases-refused = Refused
release-record = Release
release-total = Decisions
release-mails = Mails of this release
release-mails-hint = The subject leads to the mail, where it can be edited or held while it has not gone.
release-no-mails = This release has no mails.
release-send-drafts = { $n ->
    [one] Send the draft
   *[other] Send all { $n } drafts
  }
release-drafts-sent = { $n ->
    [one] 1 draft is queued.
   *[other] { $n } drafts are queued.
  }
release-item-waiting = Waiting
release-item-released = Done
release-item-refused = Refused
release-item-passed = Done by somebody else before
mail-to = To
mail-state = State
mail-goes = Goes
mail-state-draft = Draft
mail-state-queued = Queued
mail-state-sending = Sending
mail-state-uncertain = Uncertain
mail-state-sent = Sent
mail-state-failed = Failed
mail-state-dropped = Dropped
back-to-routing = Back to routing and release
back-to-templates = Back to the words of mails
restore-default = Restore the default
rules-title = Rules of routing
rules-hint = Which crew answers for which service. When the first crew has nobody to ask, the second one is asked. The event’s rules go before those for all events.
rules-of-event = This event
rules-of-all = All events
rules-about = Questions about
rules-crew = Crew that answers
rules-second = Second crew
rules-crew-of = Crew that answers for { $service }
rules-second-of = Second crew for { $service }
rules-none-event = As for all events
rules-none-all = The service’s own crew
rules-no-second = None
rules-same = The second crew must differ from the first.
templates-title = Words of mails
templates-hint = Each event can have its own words, in each language. Mails that are drafted already stay as they are.
templates-kind = Mail
template-edit = Edit
template-own = Own words
template-live = Chosen for the stage
template-routed = Who answers
template-declined = Not taken
template-merged = Answered together
template-duplicate = Answered already
template-assignment = Asking the crew
template-body = Body
template-body-hint = Alone on a line, { "{question}" } and { "{link}" } become the quoted question and the button. What stands below a line --- is small print.
template-known = Placeholders:
template-sample = Question for the preview
template-no-preview = Once the words read well and there is a question, the mail stands here with real data.
template-restored = The default words are back.
template-stale = Somebody else saved other words meanwhile. What you wrote is kept here: look at theirs, then save again.
template-unknown = There is no placeholder “{ $name }”. Known are { $known }
template-open = A brace is opened but not closed. To write a brace, write it twice.
template-missing = { $name } must be in it.
template-own-line = { $name } must stand alone on a line of the body.
outcome-speaker-open = a speaker
outcome-declined-why = This is why:
field-at = Time of sending
field-subject = Subject
field-words = Body
field-sample = Question number
selection-link = What partners read about the selection
