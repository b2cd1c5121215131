//! Task kinds, one file each.
