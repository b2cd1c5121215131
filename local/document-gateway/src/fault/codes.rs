//! Which MongoDB error a SQLSTATE stands for.
//!
//! The engine reports its own errors as SQLSTATEs of class `M0`. Listed are those that a program
//! can tell apart and act on; the many that only explain a bad expression share `BadValue`, and
//! keep the engine's message.

/// A MongoDB error number with the name that the server sends beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) number: i32,
    pub(crate) name: &'static str,
}

const fn code(number: i32, name: &'static str) -> Code {
    Code { number, name }
}

pub(crate) const INTERNAL_ERROR: Code = code(1, "InternalError");
pub(crate) const BAD_VALUE: Code = code(2, "BadValue");
const HOST_UNREACHABLE: Code = code(6, "HostUnreachable");
pub(crate) const FAILED_TO_PARSE: Code = code(9, "FailedToParse");
pub(crate) const UNAUTHORIZED: Code = code(13, "Unauthorized");
pub(crate) const TYPE_MISMATCH: Code = code(14, "TypeMismatch");
pub(crate) const AUTHENTICATION_FAILED: Code = code(18, "AuthenticationFailed");
pub(crate) const NAMESPACE_NOT_FOUND: Code = code(26, "NamespaceNotFound");
pub(crate) const CURSOR_NOT_FOUND: Code = code(43, "CursorNotFound");
pub(crate) const NAMESPACE_EXISTS: Code = code(48, "NamespaceExists");
pub(crate) const MAX_TIME_MS_EXPIRED: Code = code(50, "MaxTimeMSExpired");
pub(crate) const COMMAND_NOT_FOUND: Code = code(59, "CommandNotFound");
pub(crate) const WRITE_CONFLICT: Code = code(112, "WriteConflict");
pub(crate) const COMMAND_NOT_SUPPORTED: Code = code(115, "CommandNotSupported");
pub(crate) const EXCEEDED_MEMORY_LIMIT: Code = code(146, "ExceededMemoryLimit");
pub(crate) const NO_SUCH_TRANSACTION: Code = code(251, "NoSuchTransaction");
pub(crate) const TRANSACTION_COMMITTED: Code = code(256, "TransactionCommitted");
pub(crate) const NOT_IN_TRANSACTION: Code = code(263, "OperationNotSupportedInTransaction");
pub(crate) const EXCEEDED_TIME_LIMIT: Code = code(262, "ExceededTimeLimit");
pub(crate) const NOT_WRITABLE_PRIMARY: Code = code(10107, "NotWritablePrimary");
pub(crate) const INTERRUPTED_AT_SHUTDOWN: Code = code(11600, "InterruptedAtShutdown");
pub(crate) const DUPLICATE_KEY: Code = code(11000, "DuplicateKey");
const OUT_OF_DISK_SPACE: Code = code(14031, "OutOfDiskSpace");

/// The errors that the engine raises itself.
const ENGINE: &[(&str, Code)] = &[
    ("M0000", INTERNAL_ERROR),
    ("M0001", BAD_VALUE),
    ("M0002", code(5, "GraphContainsCycle")),
    ("M0003", FAILED_TO_PARSE),
    ("M0004", TYPE_MISMATCH),
    ("M0005", code(15, "Overflow")),
    ("M0006", code(20, "IllegalOperation")),
    ("M0008", NAMESPACE_NOT_FOUND),
    ("M0009", code(27, "IndexNotFound")),
    ("M000A", code(28, "PathNotViable")),
    ("M000C", code(34, "CannotBackfillArray")),
    ("M000D", code(40, "ConflictingUpdateOperators")),
    ("M000E", CURSOR_NOT_FOUND),
    ("M000F", NAMESPACE_EXISTS),
    ("M000G", code(52, "DollarPrefixedFieldName")),
    ("M000H", code(53, "InvalidIdField")),
    ("M000I", code(54, "NotSingleValueField")),
    ("M000J", code(56, "EmptyFieldName")),
    ("M000K", code(57, "DottedFieldName")),
    ("M000L", code(61, "ShardKeyNotFound")),
    ("M000M", code(66, "ImmutableField")),
    ("M000N", code(67, "CannotCreateIndex")),
    ("M000O", code(68, "IndexAlreadyExists")),
    ("M000P", code(72, "InvalidOptions")),
    ("M000Q", code(73, "InvalidNamespace")),
    ("M000R", code(85, "IndexOptionsConflict")),
    ("M000S", code(86, "IndexKeySpecsConflict")),
    ("M000U", COMMAND_NOT_SUPPORTED),
    ("M000W", EXCEEDED_MEMORY_LIMIT),
    ("M000X", code(159, "DurationOverflow")),
    ("M000Y", code(165, "ViewDepthLimitExceeded")),
    ("M000Z", code(166, "CommandNotSupportedOnView")),
    ("M0010", code(167, "OptionNotSupportedOnView")),
    ("M0011", code(181, "AmbiguousIndexKeyPattern")),
    ("M0012", code(197, "InvalidIndexSpecificationOption")),
    ("M0013", code(224, "QueryFeatureNotAllowed")),
    ("M0014", code(232, "MaxSubPipelineDepthExceeded")),
    ("M0015", code(241, "ConversionFailure")),
    ("M0016", NOT_IN_TRANSACTION),
    ("M0017", code(276, "IndexBuildAborted")),
    ("M0018", code(291, "NoQueryExecutionPlans")),
    ("M001B", code(10334, "BSONObjectTooLarge")),
    ("M001C", DUPLICATE_KEY),
    (
        "M001D",
        code(12587, "BackgroundOperationInProgressForNamespace"),
    ),
    ("M007U", code(40324, "Location40324")),
    ("M00CO", code(121, "DocumentValidationFailure")),
    ("M00DO", code(16, "InvalidLength")),
    ("M00E8", NOT_WRITABLE_PRIMARY),
    ("M00EL", code(143, "CursorInUse")),
    ("M00ER", UNAUTHORIZED),
    ("M00EU", HOST_UNREACHABLE),
    ("M00EW", code(24, "LockTimeout")),
    ("M00EX", MAX_TIME_MS_EXPIRED),
    ("M00EY", COMMAND_NOT_FOUND),
    ("M00F0", code(91, "ShutdownInProgress")),
    ("M00F1", WRITE_CONFLICT),
    ("M00F2", code(117, "ConflictingOperationInProgress")),
    ("M00F4", code(201, "CannotBuildIndexKeys")),
    ("M00F6", NO_SUCH_TRANSACTION),
    ("M00FD", code(171, "CannotIndexParallelArrays")),
];

/// The errors of PostgreSQL itself.
const POSTGRES: &[(&str, Code)] = &[
    ("0A000", COMMAND_NOT_SUPPORTED),
    ("22023", BAD_VALUE),
    ("22P02", FAILED_TO_PARSE),
    ("23505", DUPLICATE_KEY),
    ("23P01", DUPLICATE_KEY),
    ("25P02", NO_SUCH_TRANSACTION),
    ("25P03", NO_SUCH_TRANSACTION),
    ("40001", WRITE_CONFLICT),
    ("40P01", WRITE_CONFLICT),
    ("42501", UNAUTHORIZED),
    ("42P01", NAMESPACE_NOT_FOUND),
    ("42P07", NAMESPACE_EXISTS),
    ("53100", OUT_OF_DISK_SPACE),
    ("53200", EXCEEDED_MEMORY_LIMIT),
    ("53300", EXCEEDED_TIME_LIMIT),
    ("54000", code(201, "CannotBuildIndexKeys")),
    ("55P03", WRITE_CONFLICT),
    ("57014", MAX_TIME_MS_EXPIRED),
];

/// The error that `sqlstate` stands for.
pub(crate) fn of_sqlstate(sqlstate: &str) -> Code {
    let known = ENGINE
        .iter()
        .chain(POSTGRES)
        .find(|(state, _)| *state == sqlstate);
    match known {
        Some((_, code)) => *code,
        None if sqlstate.starts_with("M0") => BAD_VALUE,
        None => INTERNAL_ERROR,
    }
}

/// Unpacks the SQLSTATE that the engine puts, six bits a character, into a write error's number.
pub(crate) fn unpack_sqlstate(packed: i32) -> String {
    let character = |place: u32| {
        let [low, ..] = ((packed.cast_unsigned() >> (6 * place)) & 0x3F).to_le_bytes();
        char::from(low + b'0')
    };
    (0..5).map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_what_the_engine_was_seen_to_send() {
        assert_eq!(unpack_sqlstate(319_029_277), "M001C");
        assert_eq!(unpack_sqlstate(83_906_754), "23505");
        assert_eq!(unpack_sqlstate(525_074_461), "M00CO");
        assert_eq!(unpack_sqlstate(587_202_589), "M000S");
    }

    #[test]
    fn knows_the_errors_that_programs_act_on() {
        let number = |sqlstate| of_sqlstate(sqlstate).number;
        assert_eq!(number("M001C"), 11000);
        assert_eq!(number("23505"), 11000);
        assert_eq!(number("40001"), 112);
        assert_eq!(number("M00CO"), 121);
        assert_eq!(number("M000U"), 115);
    }

    #[test]
    fn an_unlisted_error_of_the_engine_is_a_bad_value() {
        assert_eq!(of_sqlstate("M0099"), BAD_VALUE);
        assert_eq!(of_sqlstate("XX000"), INTERNAL_ERROR);
    }

    #[test]
    fn no_sqlstate_is_listed_twice() {
        let mut states: Vec<_> = ENGINE
            .iter()
            .chain(POSTGRES)
            .map(|(state, _)| *state)
            .collect();
        let listed = states.len();
        states.sort_unstable();
        states.dedup();
        assert_eq!(states.len(), listed);
    }
}
