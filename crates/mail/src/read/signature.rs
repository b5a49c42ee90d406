pub(super) fn stub() {}
