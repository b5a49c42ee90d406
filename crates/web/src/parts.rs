//! What a floor above keeps once for each process, by its type: this floor need not know it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Clone, Default)]
pub struct Parts(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Parts {
    /// The one part of this type; `make` makes it for the first who asks.
    pub fn get<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = parts.get(&TypeId::of::<T>()).cloned();
        if let Some(Ok(known)) = known.map(Arc::downcast) {
            return known;
        }
        let part = Arc::new(make());
        parts.insert(TypeId::of::<T>(), Arc::clone(&part) as Arc<dyn Any + Send + Sync>);
        part
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn there_is_one_of_each_type() {
        let parts = Parts::default();
        let same = parts.clone();
        assert_eq!(*parts.get(|| 1_u8), 1);
        assert_eq!(*same.get(|| 2_u8), 1);
        assert_eq!(*same.get(|| 2_u16), 2);
    }
}
