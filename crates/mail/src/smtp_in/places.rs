//! How many connections there may be: in all, and from one address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// The connections that are open now.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

/// Given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    network: IpAddr,
}

impl Places {
    pub(super) fn new(most: usize, each: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            each,
            taken: Mutex::default(),
        })
    }

    /// `None` when this address or all together hold as many as they may.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let network = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by.get(&network).copied().unwrap_or_default();
        if taken.all >= self.most || own >= self.each {
            return None;
        }
        taken.all += 1;
        taken.by.insert(network, own + 1);
        Some(Place {
            places: Arc::clone(self),
            network,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(own) = taken.by.get_mut(&self.network) {
            *own -= 1;
            if *own == 0 {
                taken.by.remove(&self.network);
            }
        }
    }
}

/// Who has IPv6 has at least a /64 of it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_its_share_and_all_together_take_no_more_than_there_is() {
        let places = Places::new(3, 2);
        let at = |text: &str| text.parse::<IpAddr>().expect("an address");
        let first = places.take(at("192.0.2.1")).expect("free");
        let second = places.take(at("::ffff:192.0.2.1")).expect("free");
        assert!(
            places.take(at("192.0.2.1")).is_none(),
            "the same address, written otherwise"
        );
        let third = places.take(at("2001:db8::1")).expect("free");
        assert!(places.take(at("192.0.2.2")).is_none(), "three in all");
        drop(first);
        let fourth = places.take(at("2001:db8::2")).expect("the same network, its second");
        drop(second);
        assert!(
            places.take(at("2001:db8::ffff:0:0:1")).is_none(),
            "a third of that network"
        );
        drop((third, fourth));
        assert!(places.take(at("2001:db8::3")).is_some());
        assert_eq!(
            places.taken.lock().expect("lock").by.len(),
            0,
            "nothing is kept of who left"
        );
    }
}
