//! What is shown of a judgement: a table for a terminal, JUnit for a CI server, a page for a reader.

mod junit;
mod number;
mod table;

pub use junit::junit;
pub use number::number;
pub use table::table;
