rehearsal = Rehearsal
rehearsal-on = Rehearsal
rehearsal-lead = Everything runs as on the day: screens, timer, notes, telephones. No question moves, no mail goes out, and at its end all that was done is deleted.
rehearsal-begin = Begin the rehearsal
rehearsal-since = Begun by { $who } ({ $at }).
rehearsal-what = What is done here is deleted at its end. No question moves, no mail goes out, and no note goes to review.
rehearsal-asks = The time of the event has come. Is this still a rehearsal? Until you say so, no button moves the stage.
rehearsal-keep = Go on rehearsing
rehearsal-end = End the rehearsal
rehearsal-end-title = End the rehearsal?
rehearsal-acts = { $n ->
    [one] The stage was moved once.
   *[other] The stage was moved { $n } times.
}
rehearsal-end-what = All that was done in this rehearsal is deleted: what was shown, times, notes, messages, applause and votes. The stage then stands as it did before.
rehearsal-notes = { $n ->
    [one] 1 note is deleted
   *[other] { $n } notes are deleted
}
rehearsal-notes-hint = If one of them is meant to stay, copy it now.
rehearsal-end-confirm = End it and delete everything
rehearsal-end-back = Back to the stage
stage-rehearsal-begun = The rehearsal has begun. Every screen says so.
stage-rehearsal-kept = The rehearsal goes on.
stage-rehearsal-ended = The rehearsal is over. The stage stands as it did before.
rehearsal-is-noted = Noted
rehearsal-note-hint = A few sentences are enough. It is deleted when the rehearsal ends.
rehearsal-noted = The answer is noted. It is deleted when the rehearsal ends.
rehearsal-not-reached = This rehearsal passes over the question. On the day it would go to its crew.
refused-rehearsal-changed = A rehearsal has begun or ended since this page was opened. Please look at the stage as it stands now, and save again.
refused-rehearsal-asks = A rehearsal is still on. Say above whether it goes on or ends.
refused-day-is-played = The event itself is on the screen. A rehearsal can begin when nothing is shown.
now-rehearsal-no-asks = In a rehearsal no questions are taken. Questions to the event are sent by your own link, as always.
now-rehearsal-over = The rehearsal is over.
telephones-rehearsal = The rehearsal has an address of its own, which ends with it. The address for the day is opened and closed here once the rehearsal is over.
telephones-rehearsal-asked = Questions to practise with
telephones-rehearsal-none = There is no question to practise with: all are on the stage already, or were withdrawn.
telephones-rehearsal-hint = In place of the hall's questions, these stand in no place on the stage. Only the rehearsal's telephones show them; nothing happens to them.
