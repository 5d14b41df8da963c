//! What is shown of a judgement: a table for a terminal, JUnit for a CI server, a page for a reader.

mod change;
mod junit;
mod matrix;
mod number;
mod page;
mod table;

pub use change::{Change, Way, changes};
pub use junit::junit;
pub use matrix::matrix;
pub use number::number;
pub use page::{Beside, page};
pub use table::table;
