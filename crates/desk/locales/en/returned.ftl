# Mail that came back.
todo-unreached = { $n } { $n ->
    [one] question whose crew was not reached
   *[other] questions whose crew was not reached
}
todo-returned = { $n } bounced { $n ->
    [one] address
   *[other] addresses
}
ledger-unreached = crew not reached
returned-title = This mail came back
returned-report = See the report of { $at }
returned-went-again = See the mail that was sent instead
returned-hint = The corrected address is kept with the person, and the same letter goes to it. If the address is right, you can send it once more.
returned-send = Send it to this address
returned-again = It was sent again.
returned-other = Pass it on to somebody else
returned-hand-over = Hand over the link on the partner's page
addresses-title = Bounced addresses
addresses-lead = Mail does not arrive at these addresses. Open the mail to correct the address, or find another way.
addresses-open = To see to
addresses-settled = Seen to
addresses-empty = No address bounced.
addresses-empty-settled = None was seen to yet.
addresses-times = { $n } times
addresses-settle = Seen to
addresses-lift = Works again
addresses-settled-one = It stands among those that were seen to.
addresses-lifted-one = Mail goes to this address again.
mark-bounce = Bounced
mark-refused = Refused by the server
mark-complaint = Complaint about spam
mark-unsubscribed = Unsubscribed
mark-staff = Decided by staff
