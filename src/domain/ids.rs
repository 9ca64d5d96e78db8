//! Dense ids: positions in the tables of a [`Problem`](super::Problem).

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id at a position.
            ///
            /// # Panics
            /// When the position does not fit into 32 bits.
            #[must_use]
            pub fn at(index: usize) -> Self {
                Self(u32::try_from(index).expect("tables have at most u32::MAX entries"))
            }

            /// The position.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A rep. Reps are sorted by their string id.
    RepId;
    /// A market. Markets are sorted by their string id.
    MarketId;
    /// A role, in the order in which roles were declared.
    RoleId;
    /// A (market, role) pair that is to be filled, sorted by market, then role.
    SlotId;
    /// A rep at a base who may fill a slot, sorted by slot, then rep, then base.
    CandidateId;
    /// A skill. Skills are sorted by name.
    SkillId;
    /// A family of markets. Families are sorted by name.
    FamilyId;
}
