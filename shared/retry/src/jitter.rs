//! Randomness, injected.

/// A source of random numbers for waits. Any closure that gives 64 random bits is one, so tests
/// can say what comes out.
pub trait Jitter {
    /// 64 random bits. They need not be secret.
    fn bits(&self) -> u64;
}

impl<F: Fn() -> u64> Jitter for F {
    fn bits(&self) -> u64 {
        self()
    }
}

/// A number between 0 and `most`, both included, each as likely as the others.
pub(crate) fn up_to(most: u64, jitter: &(impl Jitter + ?Sized)) -> u64 {
    let spread = u128::from(jitter.bits()) * (u128::from(most) + 1);
    u64::try_from(spread >> 64).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_reached() {
        assert_eq!(up_to(9, &|| 0), 0);
        assert_eq!(up_to(9, &|| u64::MAX), 9);
        assert_eq!(up_to(9, &|| u64::MAX / 2), 4);
        assert_eq!(up_to(0, &|| u64::MAX), 0);
        assert_eq!(up_to(u64::MAX, &|| u64::MAX), u64::MAX);
    }
}
