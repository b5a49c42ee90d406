//! Chance for the tests of hostile input.

/// A small generator (splitmix64), so that a finding can be repeated from its number.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(sides.max(1)).expect("small")).expect("small")
    }

    pub(crate) fn octet(&mut self) -> u8 {
        u8::try_from(self.roll(256)).expect("an octet")
    }
}
