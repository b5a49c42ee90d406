# The question's panel
do-reserve-long = Add to the reserves
reserve-panel-hint = When a place frees, the first reserve moves up. Their order is changed on the shortlist.
