//! The commands that the engine answers as they are: one statement each.

use super::request::Command;
use crate::engine::Param;
use crate::fault::CommandError;

/// A statement, what it is given and what it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) sql: &'static str,
    pub(crate) given: Given,
    pub(crate) answer: Reply,
}

/// The statement's parameters, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given {
    Database,
    Body,
    DatabaseBody,
    DatabaseCollection,
    DatabaseCollectionBody,
    /// The database, the body, and the documents sent beside it under this name.
    DatabaseBodySequence(&'static str),
}

/// The statement's columns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    /// The whole reply.
    Document,
    /// The reply and whether it has no write errors.
    Outcome,
    /// The first page of a cursor and what continues it.
    Page,
}

const fn call(sql: &'static str, given: Given, answer: Reply) -> Call {
    Call { sql, given, answer }
}

const INSERT: Call = call(
    "SELECT p_result, p_success FROM documentdb_api.insert($1, $2, $3)",
    Given::DatabaseBodySequence("documents"),
    Reply::Outcome,
);
const UPDATE: Call = call(
    "SELECT p_result, p_success FROM documentdb_api.update($1, $2, $3)",
    Given::DatabaseBodySequence("updates"),
    Reply::Outcome,
);
const DELETE: Call = call(
    "SELECT p_result, p_success FROM documentdb_api.delete($1, $2, $3)",
    Given::DatabaseBodySequence("deletes"),
    Reply::Outcome,
);
const FIND_AND_MODIFY: Call = call(
    "SELECT p_result, p_success FROM documentdb_api.find_and_modify($1, $2)",
    Given::DatabaseBody,
    Reply::Outcome,
);
const FIND: Call = call(
    "SELECT cursorpage, continuation FROM documentdb_api.find_cursor_first_page($1, $2)",
    Given::DatabaseBody,
    Reply::Page,
);
const AGGREGATE: Call = call(
    "SELECT cursorpage, continuation FROM documentdb_api.aggregate_cursor_first_page($1, $2)",
    Given::DatabaseBody,
    Reply::Page,
);
const LIST_COLLECTIONS: Call = call(
    "SELECT cursorpage, continuation FROM documentdb_api.list_collections_cursor_first_page($1, $2)",
    Given::DatabaseBody,
    Reply::Page,
);
const LIST_INDEXES: Call = call(
    "SELECT cursorpage, continuation FROM documentdb_api.list_indexes_cursor_first_page($1, $2)",
    Given::DatabaseBody,
    Reply::Page,
);
const COUNT: Call = call(
    "SELECT documentdb_api.count_query($1, $2)",
    Given::DatabaseBody,
    Reply::Document,
);
const DISTINCT: Call = call(
    "SELECT documentdb_api.distinct_query($1, $2)",
    Given::DatabaseBody,
    Reply::Document,
);
const CREATE: Call = call(
    "SELECT documentdb_api.create_collection_view($1, $2)",
    Given::DatabaseBody,
    Reply::Document,
);
const COLL_MOD: Call = call(
    "SELECT documentdb_api.coll_mod($1, $2, $3)",
    Given::DatabaseCollectionBody,
    Reply::Document,
);
const COLL_STATS: Call = call(
    "SELECT documentdb_api.coll_stats($1, $2)",
    Given::DatabaseCollection,
    Reply::Document,
);
const DB_STATS: Call = call(
    "SELECT documentdb_api.db_stats($1)",
    Given::Database,
    Reply::Document,
);
const VALIDATE: Call = call(
    "SELECT documentdb_api.validate($1, $2)",
    Given::DatabaseBody,
    Reply::Document,
);
const LIST_DATABASES: Call = call(
    "SELECT documentdb_api.list_databases($1)",
    Given::Body,
    Reply::Document,
);
const RENAME_COLLECTION: Call = call(
    "SELECT documentdb_api.rename_collection($1::documentdb_core.bson)",
    Given::Body,
    Reply::Document,
);
const CURRENT_OP: Call = call(
    "SELECT documentdb_api.current_op_command($1)",
    Given::Body,
    Reply::Document,
);
const KILL_OP: Call = call(
    "SELECT documentdb_api.kill_op($1)",
    Given::Body,
    Reply::Document,
);

/// The statement that answers a command, if the engine has one.
pub(crate) fn find(name: &str) -> Option<Call> {
    Some(match name {
        "insert" => INSERT,
        "update" => UPDATE,
        "delete" => DELETE,
        "findAndModify" | "findandmodify" => FIND_AND_MODIFY,
        "find" => FIND,
        "aggregate" => AGGREGATE,
        "count" => COUNT,
        "distinct" => DISTINCT,
        "listCollections" => LIST_COLLECTIONS,
        "listIndexes" => LIST_INDEXES,
        "listDatabases" => LIST_DATABASES,
        "create" => CREATE,
        "collMod" => COLL_MOD,
        "collStats" | "collstats" => COLL_STATS,
        "dbStats" | "dbstats" => DB_STATS,
        "validate" => VALIDATE,
        "renameCollection" => RENAME_COLLECTION,
        "currentOp" => CURRENT_OP,
        "killOp" => KILL_OP,
        _ => return None,
    })
}

impl Given {
    /// Takes the parameters from the command.
    pub(crate) fn params<'a>(self, command: &Command<'a>) -> Result<Vec<Param<'a>>, CommandError> {
        let database = Param::Text(command.database);
        let body = Param::Document(command.body);
        Ok(match self {
            Self::Database => vec![database],
            Self::Body => vec![body],
            Self::DatabaseBody => vec![database, body],
            Self::DatabaseCollection => vec![database, Param::Text(command.collection()?)],
            Self::DatabaseCollectionBody => {
                vec![database, Param::Text(command.collection()?), body]
            }
            Self::DatabaseBodySequence(name) => {
                vec![database, body, Param::Sequence(command.sequence(name))]
            }
        })
    }
}
