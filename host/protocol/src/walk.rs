//! The order of the items of a message: what must come next, given the counts so far.

use crate::schema::{Field, Group, Message, Part, Then};
use crate::table::MAX_DEPTH;

/// What comes next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    Field(&'static Field),
    GroupBegin(&'static Group, u32),
    EntryBegin(u32),
    EntryEnd,
    GroupEnd,
    Data(&'static str, u32),
    End,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    parts: &'static [Part],
    part: usize,
    field: usize,
    /// Entries of the group; 1 for the message itself.
    count: u32,
    /// Entries that have begun.
    begun: u32,
    inside: bool,
}

/// A place between two items.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    levels: [Level; MAX_DEPTH],
    depth: usize,
    /// The last count or length seen: it rules what follows at once.
    number: u32,
}

impl Walk {
    pub(crate) const fn new(message: &'static Message) -> Self {
        let outermost =
            Level { parts: message.parts, part: 0, field: 0, count: 1, begun: 1, inside: true };
        Self { levels: [outermost; MAX_DEPTH], depth: 0, number: 0 }
    }

    /// Groups around this place.
    pub(crate) const fn depth(&self) -> usize {
        self.depth
    }

    /// What must come here.
    pub(crate) fn next(&self) -> Next {
        let level = &self.levels[self.depth];
        if !level.inside {
            return if level.begun < level.count {
                Next::EntryBegin(level.begun)
            } else {
                Next::GroupEnd
            };
        }
        let mut field = level.field;
        for part in &level.parts[level.part..] {
            if let Some(field) = part.fields.get(field) {
                return Next::Field(field);
            }
            match &part.then {
                Then::Nothing => field = 0,
                Then::Group(group) => return Next::GroupBegin(group, self.number),
                Then::Data { name } => return Next::Data(name, self.number),
            }
        }
        if self.depth == 0 { Next::End } else { Next::EntryEnd }
    }

    /// Steps over what [`Self::next`] gave; `number` is the value of a count or length field.
    pub(crate) fn advance(&mut self, number: u32) {
        let next = self.next();
        let level = &mut self.levels[self.depth];
        match next {
            Next::Field(_) => {
                // A part that ends with nothing behind it is left only now.
                while level.field == level.parts[level.part].fields.len() {
                    level.part += 1;
                    level.field = 0;
                }
                level.field += 1;
                self.number = number;
            }
            Next::GroupBegin(group, count) => {
                self.depth += 1;
                self.levels[self.depth] =
                    Level { parts: group.entry, part: 0, field: 0, count, begun: 0, inside: false };
            }
            Next::EntryBegin(_) => {
                level.begun += 1;
                level.inside = true;
                level.part = 0;
                level.field = 0;
            }
            Next::EntryEnd => level.inside = false,
            Next::GroupEnd => {
                self.depth -= 1;
                self.levels[self.depth].leave_part();
            }
            Next::Data(..) => level.leave_part(),
            Next::End => {}
        }
    }
}

impl Level {
    fn leave_part(&mut self) {
        self.part += 1;
        self.field = 0;
    }
}
