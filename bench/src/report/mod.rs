//! What is made of results: one page, and the same as JSON.
//!
//! `content` is what a report says, as plain data; `tables` the part of it that holds every figure. `page` writes
//! it as HTML with the charts of `charts`; `tidegate_page` has what both reports share.

pub mod charts;
pub mod content;
pub mod page;
pub mod tables;

pub use content::{Report, build};
pub use page::page;

use tidegate_page::{html, svg};
