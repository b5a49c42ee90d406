//! Likeness of a second order: two texts are more alike when the same others stand near both.

use crate::{search::List, tune::Tune};
use rustc_hash::FxHashMap;

/// How many are company to a text of a language that has so many.
pub(crate) fn company(total: usize, tune: &Tune) -> usize {
    total.div_ceil(tune.among.max(1)).min(tune.neighbours).max(1)
}

/// Those near a text and the text itself, weighted, of length 1 together.
pub(crate) type Profile = Vec<(u32, f32)>;

/// The nearer, the more; the last of them counts for nothing, so that who is just inside or just outside matters little.
pub(crate) fn profile(slot: u32, list: &List, count: usize, tune: &Tune) -> Profile {
    #[expect(clippy::cast_precision_loss, reason = "a dozen")]
    let near = list.iter().take(count).enumerate().map(|(at, (other, score))| {
        let rank = 1.0 - tune.fading * at as f32 / count as f32;
        (*other, rank * score.powf(tune.closeness))
    });
    let mut profile: Profile = std::iter::once((slot, 1.0)).chain(near).collect();
    // In the order of slots would be quicker, and different in the last bit from process to process.
    let length = profile.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    for (_, weight) in &mut profile {
        *weight /= length;
    }
    profile
}

/// The list of one text, each score mixed with what the two texts' company says.
pub(crate) fn mixed<'a>(own: &Profile, list: &List, of: impl Fn(u32) -> &'a Profile, tune: &Tune) -> List {
    let own: FxHashMap<u32, f32> = own.iter().copied().collect();
    let mix = |(other, score): &(u32, f32)| {
        let mut shared: Vec<f32> = of(*other)
            .iter()
            .filter_map(|(third, weight)| Some(weight * own.get(third)?))
            .collect();
        // Summed by size: the same from either side.
        shared.sort_unstable_by(f32::total_cmp);
        let together: f32 = shared.iter().sum();
        (
            *other,
            ((1.0 - tune.company) * score + tune.company * together).clamp(0.0, 1.0),
        )
    };
    list.iter().map(mix).collect()
}
