//! The rules that go by the syntax tree: loops, depth, writes, divisions, recursion.

use crate::source::{Kind, Macros, Source, Unroll, integer, is_upper};
use crate::wiring::Kernel;
use crate::{DIVISION_BETTER, Error, Finding, Rule};
use std::collections::{BTreeMap, BTreeSet};
use tree_sitter::{Node, Parser};

/// Levels of the tree that are followed. Deeper code is a finding, not a stack overflow.
const MAX_TREE_DEPTH: usize = 256;
/// Copies of a loop's body beyond which unrolling is not a way to build it.
const MAX_UNROLLED: u64 = 256;
/// Iterations that are followed one by one.
const MAX_VALUES: u64 = 4096;
/// Levels of branches in one function.
const MAX_IF_DEPTH: usize = 3;

/// A second write, which a waiver on one of its lines may answer for.
pub(crate) struct Write {
    pub(crate) finding: Finding,
    pub(crate) lines: (usize, usize),
}

#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) writes: Vec<Write>,
    pub(crate) functions: usize,
    pub(crate) loops: usize,
}

/// Reads one file and judges it.
pub(crate) fn judge(
    source: &Source,
    macros: &Macros,
    kernels: &[Kernel],
    calls: &mut Calls,
) -> Result<Judged, Error> {
    let failed = |reason: String| Error::Parser { file: source.name.clone(), reason };
    let text = source.for_parser(macros);
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_c::LANGUAGE.into()).map_err(|e| failed(e.to_string()))?;
    let tree = parser.parse(&text, None).ok_or_else(|| failed("it gave no tree".into()))?;
    let mut file = File {
        source,
        macros,
        kernels,
        text: &text,
        out: Judged::default(),
        calls,
        kernels_seen: BTreeSet::new(),
    };
    if file.can_be_read(tree.root_node()) {
        file.items(tree.root_node());
        for kernel in kernels.iter().filter(|k| k.has_body()) {
            if !file.kernels_seen.contains(&kernel.name) {
                file.find_at(
                    kernel.line,
                    Rule::Parse,
                    format!("kernel `{}` was not found by the parser", kernel.name),
                    "plain C99 with every construct whole between `#if` and `#endif`",
                );
            }
        }
    }
    Ok(file.out)
}

struct File<'a> {
    source: &'a Source,
    macros: &'a Macros,
    kernels: &'a [Kernel],
    text: &'a [u8],
    out: Judged,
    calls: &'a mut Calls,
    kernels_seen: BTreeSet<String>,
}

fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

fn line(node: Node<'_>) -> usize {
    node.start_position().row + 1
}

impl<'a> File<'a> {
    fn find(&mut self, at: Node<'_>, rule: Rule, what: String, better: impl Into<String>) {
        self.find_at(line(at), rule, what, better);
    }

    fn find_at(&mut self, line: usize, rule: Rule, what: String, better: impl Into<String>) {
        let file = self.source.name.clone();
        self.out.findings.push(Finding { file, line, rule, what, better: better.into() });
    }

    fn text(&self, node: Node<'_>) -> String {
        String::from_utf8_lossy(&self.text[node.byte_range()])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Reports what the parser could not read, without recursion; the rest is still judged, unless
    /// it is nested too deep to follow.
    fn can_be_read(&mut self, root: Node<'_>) -> bool {
        let mut cursor = root.walk();
        let mut depth = 0;
        loop {
            let node = cursor.node();
            if depth > MAX_TREE_DEPTH {
                self.find(
                    node,
                    Rule::Parse,
                    format!("code nested over {MAX_TREE_DEPTH} levels deep"),
                    "functions of a few lines",
                );
                return false;
            }
            if node.is_missing() {
                self.find(
                    node,
                    Rule::Parse,
                    format!("`{}` is missing", node.kind()),
                    "plain C99 with every construct whole between `#if` and `#endif`",
                );
            } else if node.is_error() {
                let mut what = self.text(node);
                if let Some((cut, _)) = what.char_indices().nth(40) {
                    what.truncate(cut);
                    what.push_str("...");
                }
                self.find(
                    node,
                    Rule::Parse,
                    format!("cannot be read as C: `{what}`"),
                    "plain C99 with every construct whole between `#if` and `#endif`",
                );
            }
            // An error is one finding, whatever the parser made of its inside.
            if !node.is_error() && cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return true;
                }
                depth -= 1;
            }
        }
    }

    /// File scope, through every branch of the preprocessor.
    fn items(&mut self, node: Node<'_>) {
        for item in named(node) {
            match item.kind() {
                "function_definition" => self.function(item),
                "declaration" if self.source.kind != Kind::Wiring => self.file_scope(item),
                "type_definition" | "struct_specifier" | "enum_specifier" => {}
                _ => self.items(item),
            }
        }
    }

    fn file_scope(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        let declarators: Vec<_> = node.children_by_field_name("declarator", &mut cursor).collect();
        for declarator in declarators {
            let mut inner = declarator;
            let mut array = false;
            let name = loop {
                array |= inner.kind() == "array_declarator";
                match inner.kind() {
                    // A prototype, unless it is a pointer to a function.
                    "function_declarator"
                        if inner
                            .child_by_field_name("declarator")
                            .is_some_and(|d| d.kind() == "identifier") =>
                    {
                        break None;
                    }
                    "identifier" => break Some(self.text(inner)),
                    _ => {
                        match inner
                            .child_by_field_name("declarator")
                            .or_else(|| inner.named_child(0))
                        {
                            Some(next) => inner = next,
                            None => break None,
                        }
                    }
                }
            };
            // A stage may keep a table in constant memory; a room has none at all.
            let constant = self.source.kind == Kind::Header && self.is_constant_memory(node);
            if let Some(name) = name.filter(|_| !constant) {
                let what = if array { "array" } else { "variable" };
                self.find(
                    declarator,
                    Rule::IntegersOnly,
                    format!("file-scope {what} `{name}`"),
                    "a macro, an enumerator or a function with a `switch`; tables belong to the \
                     wiring (OpenCL C 1.2 has no plain file-scope variables)",
                );
            }
        }
    }

    /// Whether a declaration is put into constant memory, as one of its words or of those before it.
    fn is_constant_memory(&self, node: Node<'_>) -> bool {
        let t = &self.source.tokens;
        let first = t.partition_point(|t| t.at < node.start_byte());
        let end = t.partition_point(|t| t.at < node.end_byte());
        let before =
            t[..first].iter().rev().take_while(|t| !matches!(t.text.as_str(), ";" | "{" | "}"));
        before.chain(&t[first..end]).any(|t| {
            t.text == "TG_CONSTANT" || self.macros.means(&t.text, &["__constant", "constant"])
        })
    }

    fn function(&mut self, node: Node<'_>) {
        let Some(body) = node.child_by_field_name("body") else { return };
        let declarator = function_declarator(node);
        let name = declarator
            .and_then(|d| d.child_by_field_name("declarator"))
            .map_or_else(String::new, |d| self.text(d));
        self.out.functions += 1;
        self.calls.define(&name, &self.source.name, line(node));
        let is_kernel = self.kernels.iter().any(|k| k.name == name);
        if is_kernel {
            self.kernels_seen.insert(name.clone());
            let mut unbounded = Vec::new();
            find_unbounded(body, &mut unbounded);
            if unbounded.is_empty() {
                self.find(
                    node,
                    Rule::OneUnboundedLoop,
                    format!("kernel `{name}` has no unbounded loop"),
                    "`while (running) { one step }` as the kernel's only loop over its input",
                );
            }
        }
        self.depth(body, 0);
        let mut walk = Walk {
            file: self,
            function: name,
            is_kernel,
            unbounded: 0,
            loops_open: 0,
            scopes: vec![BTreeMap::new()],
            names: Vec::new(),
            declared: Vec::new(),
            loop_variables: Vec::new(),
            statement: (line(node), line(node)),
            reported: BTreeSet::new(),
        };
        let mut given = Set::default();
        if let Some(parameters) = declarator.and_then(|d| d.child_by_field_name("parameters")) {
            for parameter in named(parameters) {
                if let Some(d) = parameter.child_by_field_name("declarator")
                    && let Some(identifier) = identifier_of(d)
                {
                    let at = line(identifier);
                    let var = walk.declare(identifier);
                    given.add(Place { var, steps: Vec::new() }, at, true);
                }
            }
        }
        walk.statement(body, given);
    }

    /// Branches nest at most three deep; an `else if` is on its `if`'s level.
    fn depth(&mut self, node: Node<'_>, depth: usize) {
        let kind = node.kind();
        let chained =
            kind == "if_statement" && node.parent().is_some_and(|p| p.kind() == "else_clause");
        let branches = match kind {
            "if_statement" | "switch_statement" => true,
            "conditional_expression" => self.has_side_effect(node),
            _ => false,
        };
        let depth = depth + usize::from(branches && !chained);
        if depth > MAX_IF_DEPTH {
            let what = match kind {
                "if_statement" => "`if`",
                "switch_statement" => "`switch`",
                _ => "`?:` with a side effect",
            };
            self.find(
                node,
                Rule::IfDepth,
                format!("{what} on level {depth}, {MAX_IF_DEPTH} are allowed"),
                "flat conditions that one clock evaluates: `if (a && b && c) ... else if (a && b) \
                 ...`",
            );
            return;
        }
        if kind == "if_statement" && !chained {
            self.repeated_condition(node);
        }
        for child in named(node) {
            self.depth(child, depth);
        }
    }

    fn has_side_effect(&self, node: Node<'_>) -> bool {
        match node.kind() {
            "assignment_expression" | "update_expression" => true,
            "call_expression" => {
                let called = node.child_by_field_name("function").map(|f| self.text(f));
                called.is_some_and(|f| {
                    ["read_channel", "write_channel", "read_pipe", "write_pipe"]
                        .iter()
                        .any(|p| f.starts_with(p))
                }) || named(node).into_iter().any(|c| self.has_side_effect(c))
            }
            _ => named(node).into_iter().any(|c| self.has_side_effect(c)),
        }
    }

    /// A condition that stands twice in a chain: its second branch is never taken.
    fn repeated_condition(&mut self, first: Node<'_>) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut at = Some(first);
        while let Some(node) = at {
            if let Some(condition) = node.child_by_field_name("condition")
                && !self.has_side_effect(condition)
            {
                let text: String = self.text(condition).split_whitespace().collect();
                if let Some(first_line) = seen.get(&text) {
                    self.find(
                        condition,
                        Rule::IfDepth,
                        format!(
                            "the condition of line {first_line} again: this branch is never taken"
                        ),
                        "conditions that exclude each other, and a table of all inputs as a test",
                    );
                } else {
                    seen.insert(text, line(condition));
                }
            }
            at = node
                .child_by_field_name("alternative")
                .and_then(|e| e.named_child(0))
                .filter(|n| n.kind() == "if_statement");
        }
    }
}

fn function_declarator(node: Node<'_>) -> Option<Node<'_>> {
    let mut at = node.child_by_field_name("declarator")?;
    while at.kind() != "function_declarator" {
        at = at.child_by_field_name("declarator")?;
    }
    Some(at)
}

/// The name that a declarator declares.
fn identifier_of(mut node: Node<'_>) -> Option<Node<'_>> {
    loop {
        if node.kind() == "identifier" {
            return Some(node);
        }
        node = node.child_by_field_name("declarator").or_else(|| {
            named(node)
                .into_iter()
                .find(|n| n.kind() == "identifier" || n.kind().ends_with("_declarator"))
        })?;
    }
}

fn find_unbounded<'t>(node: Node<'t>, found: &mut Vec<Node<'t>>) {
    if is_unbounded(node) {
        found.push(node);
    }
    for child in named(node) {
        find_unbounded(child, found);
    }
}

/// `while`, `do` and a `for` without a condition. Whether a condition ever turns false is not asked.
fn is_unbounded(node: Node<'_>) -> bool {
    match node.kind() {
        "while_statement" | "do_statement" => true,
        "for_statement" => node.child_by_field_name("condition").is_none(),
        _ => false,
    }
}

/// A step from a variable to a part of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Field(String),
    Index(Option<Index>),
    Deref,
}

/// An index that is constant but for the variables of unrolled loops.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    /// As written, with loop variables as `#0`, `#1`.
    text: String,
    /// Every value that it takes, where that can be computed.
    values: Option<BTreeSet<i64>>,
}

impl Index {
    /// Whether two may be the same element. Within one iteration a loop variable has one value, so
    /// texts decide; with a loop that has ended, its values do.
    fn meets(&self, other: &Self, when: When) -> bool {
        let varies = |index: &Self| index.text.contains('#');
        let same_iteration = when == When::SameIteration && varies(self) && varies(other);
        match (&self.values, &other.values) {
            (Some(a), Some(b)) if !same_iteration => !a.is_disjoint(b),
            _ => self.text == other.text,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    SameIteration,
    AfterLoop,
}

/// A constant expression: its text, and its value in each iteration of the loops around it.
struct Constant {
    text: String,
    values: Option<Vec<i64>>,
}

impl Constant {
    /// The value, if it is the same in every iteration.
    fn single(&self) -> Option<i64> {
        let values = self.values.as_ref()?;
        let first = *values.first()?;
        values.iter().all(|&v| v == first).then_some(first)
    }
}

fn binary(left: Constant, operator: &str, right: Constant) -> Constant {
    let values = match (left.values, right.values) {
        (Some(a), Some(b)) => a.into_iter().zip(b).map(|(a, b)| compute(a, operator, b)).collect(),
        _ => None,
    };
    Constant { text: format!("({}{operator}{})", left.text, right.text), values }
}

fn inside_parentheses(mut node: Node<'_>) -> Node<'_> {
    while node.kind() == "parenthesized_expression"
        && let [inner] = named(node)[..]
    {
        node = inner;
    }
    node
}

/// The value of `a operator b`; nothing where C leaves it open or wraps.
fn compute(a: i64, operator: &str, b: i64) -> Option<i64> {
    let shift = || u32::try_from(b).ok().filter(|&b| b < 63);
    match operator {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        "/" => a.checked_div(b),
        "%" => a.checked_rem(b),
        "<<" => a.checked_mul(1 << shift()?),
        ">>" => Some(a >> shift()?),
        "&" => Some(a & b),
        "|" => Some(a | b),
        "^" => Some(a ^ b),
        _ => None,
    }
}

/// The values of a loop's variable, one more than [`MAX_VALUES`] at most.
fn run(from: i64, operator: &str, to: i64, step: &str, by: i64) -> Option<Vec<i64>> {
    let mut values = Vec::new();
    let mut at = from;
    loop {
        let goes_on = match operator {
            "<" => at < to,
            "<=" => at <= to,
            ">" => at > to,
            ">=" => at >= to,
            _ => at != to,
        };
        if !goes_on || values.len() as u64 > MAX_VALUES {
            return Some(values);
        }
        values.push(at);
        at = compute(at, step.trim_end_matches('='), by)?;
    }
}

/// A function that sets up state before the kernel's loop.
fn is_start_name(name: &str) -> bool {
    name.ends_with("_start")
}

/// What an assignment writes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    var: usize,
    steps: Vec<Step>,
}

impl Place {
    /// Whether a write of one may change the other. A pointer and what it points to are apart.
    fn meets(&self, other: &Self, when: When) -> bool {
        if self.var != other.var {
            return false;
        }
        let common = self.steps.len().min(other.steps.len());
        let same = self.steps.iter().zip(&other.steps).all(|pair| match pair {
            (Step::Index(Some(a)), Step::Index(Some(b))) => a.meets(b, when),
            (Step::Index(_), Step::Index(_)) => true,
            (a, b) => a == b,
        });
        let longer = if self.steps.len() > common { &self.steps } else { &other.steps };
        same && !longer[common..].contains(&Step::Deref)
    }
}

impl Place {
    /// Whether this is a local value of which the other is a part: it gives the part the value to
    /// start from. Behind a pointer it is memory, and a part of it is a second store.
    fn holds(&self, other: &Self) -> bool {
        self.steps.len() < other.steps.len() && !self.steps.contains(&Step::Deref)
    }
}

/// A write that may have happened.
#[derive(Clone, Copy)]
struct Done {
    line: usize,
    /// By its declaration or as a parameter: the value that a loop starts from.
    initial: bool,
}

/// The writes that may lie behind, on some path.
#[derive(Clone, Default)]
struct Set(BTreeMap<Place, Done>);

impl Set {
    fn add(&mut self, place: Place, line: usize, initial: bool) {
        self.0.insert(place, Done { line, initial });
    }

    /// Joins another path's writes. An assignment outweighs an initial value.
    fn join(&mut self, other: Self) {
        for (place, done) in other.0 {
            let mine = self.0.entry(place).or_insert(done);
            if mine.initial && !done.initial {
                *mine = done;
            }
        }
    }
}

/// How control leaves a statement, with the writes behind each way; `None` is not reached.
#[derive(Default)]
struct Flow {
    falls: Option<Set>,
    breaks: Option<Set>,
    continues: Option<Set>,
}

fn join(mine: &mut Option<Set>, other: Option<Set>) {
    match (mine.as_mut(), other) {
        (Some(m), Some(o)) => m.join(o),
        (None, Some(o)) => *mine = Some(o),
        (_, None) => {}
    }
}

struct Walk<'f, 'a> {
    file: &'f mut File<'a>,
    function: String,
    is_kernel: bool,
    /// Unbounded loops seen in this function.
    unbounded: usize,
    /// Loops of any kind that are open here.
    loops_open: usize,
    scopes: Vec<BTreeMap<String, usize>>,
    /// Names of the variables, by number.
    names: Vec<String>,
    /// Which of them this function declares; the others come from elsewhere.
    declared: Vec<bool>,
    /// Variables of the open `for` loops, outermost first, with the values that they take.
    loop_variables: Vec<(usize, Option<Vec<i64>>)>,
    /// Lines of the statement under way.
    statement: (usize, usize),
    reported: BTreeSet<(usize, Place)>,
}

impl Walk<'_, '_> {
    fn declare(&mut self, identifier: Node<'_>) -> usize {
        let name = self.file.text(identifier);
        let var = self.names.len();
        self.names.push(name.clone());
        self.declared.push(true);
        self.scopes.last_mut().expect("a scope is open").insert(name, var);
        var
    }

    fn lookup(&mut self, name: &str) -> usize {
        if let Some(&var) = self.scopes.iter().rev().find_map(|s| s.get(name)) {
            return var;
        }
        let var = self.names.len();
        self.names.push(name.to_owned());
        self.declared.push(false);
        self.scopes[0].insert(name.to_owned(), var);
        var
    }

    /// Follows a statement from the writes behind it.
    fn statement(&mut self, node: Node<'_>, mut set: Set) -> Flow {
        if !matches!(node.kind(), "compound_statement" | "for_statement") {
            self.statement = (line(node), node.end_position().row + 1);
        }
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "compound_statement" => {
                self.scopes.push(BTreeMap::new());
                let flow = self.sequence(&named(node), set);
                self.scopes.pop();
                flow
            }
            "if_statement" => {
                if let Some(condition) = field("condition") {
                    self.statement = (line(condition), condition.end_position().row + 1);
                    self.expression(condition, &mut set);
                }
                let otherwise = field("alternative").and_then(|e| e.named_child(0));
                let mut flow = match field("consequence") {
                    Some(then) => self.statement(then, set.clone()),
                    None => Flow::default(),
                };
                let other = match otherwise {
                    Some(statement) => self.statement(statement, set),
                    None => Flow { falls: Some(set), ..Flow::default() },
                };
                join(&mut flow.falls, other.falls);
                join(&mut flow.breaks, other.breaks);
                join(&mut flow.continues, other.continues);
                flow
            }
            "switch_statement" => self.switch(node, set),
            "for_statement" => self.for_loop(node, set),
            "while_statement" | "do_statement" => self.open_loop(node, set),
            "return_statement" => {
                self.each(node, &mut set);
                Flow::default()
            }
            "break_statement" => Flow { breaks: Some(set), ..Flow::default() },
            "continue_statement" => Flow { continues: Some(set), ..Flow::default() },
            "goto_statement" => {
                let function = self.function.clone();
                self.file.find(
                    node,
                    Rule::OneUnboundedLoop,
                    format!("`goto` in `{function}`"),
                    "`if` and `else`, or a state that the next step looks at",
                );
                Flow::default()
            }
            "labeled_statement" => {
                let inner = named(node).into_iter().skip(1).collect::<Vec<_>>();
                self.sequence(&inner, set)
            }
            "preproc_if" | "preproc_ifdef" | "preproc_else" | "preproc_elif"
            | "preproc_elifdef" => self.preprocessor(node, set),
            "declaration" => {
                self.declaration(node, &mut set);
                Flow { falls: Some(set), ..Flow::default() }
            }
            "type_definition"
            | "struct_specifier"
            | "enum_specifier"
            | "preproc_def"
            | "preproc_function_def"
            | "preproc_call" => Flow { falls: Some(set), ..Flow::default() },
            _ => {
                self.expression(node, &mut set);
                Flow { falls: Some(set), ..Flow::default() }
            }
        }
    }

    fn sequence(&mut self, nodes: &[Node<'_>], set: Set) -> Flow {
        let mut all = Flow { falls: Some(set), ..Flow::default() };
        for &node in nodes {
            // Code that is never reached is still judged, as if nothing lay behind it.
            let before = all.falls.take().unwrap_or_default();
            let flow = self.statement(node, before);
            all.falls = flow.falls;
            join(&mut all.breaks, flow.breaks);
            join(&mut all.continues, flow.continues);
        }
        all
    }

    /// Branches of the preprocessor exclude each other.
    fn preprocessor(&mut self, node: Node<'_>, set: Set) -> Flow {
        let alternative = node.child_by_field_name("alternative");
        let skipped: Vec<usize> = ["condition", "name", "alternative"]
            .iter()
            .filter_map(|f| node.child_by_field_name(f))
            .map(|n| n.id())
            .collect();
        let inner: Vec<_> =
            named(node).into_iter().filter(|n| !skipped.contains(&n.id())).collect();
        let mut flow = self.sequence(&inner, set.clone());
        if node.kind() != "preproc_else" {
            let other = match alternative {
                Some(next) => self.statement(next, set),
                None => Flow { falls: Some(set), ..Flow::default() },
            };
            join(&mut flow.falls, other.falls);
            join(&mut flow.breaks, other.breaks);
            join(&mut flow.continues, other.continues);
        }
        flow
    }

    fn switch(&mut self, node: Node<'_>, mut set: Set) -> Flow {
        if let Some(condition) = node.child_by_field_name("condition") {
            self.statement = (line(condition), condition.end_position().row + 1);
            self.expression(condition, &mut set);
        }
        let mut flow = Flow::default();
        let mut has_default = false;
        let mut through: Option<Set> = None;
        self.scopes.push(BTreeMap::new());
        for case in node.child_by_field_name("body").map(named).unwrap_or_default() {
            let value = case.child_by_field_name("value");
            let is_case = case.kind() == "case_statement";
            has_default |= is_case && value.is_none();
            let inner = if is_case {
                named(case).into_iter().filter(|n| Some(n.id()) != value.map(|v| v.id())).collect()
            } else {
                vec![case]
            };
            let mut before = Some(set.clone());
            join(&mut before, through.take());
            let one = self.sequence(&inner, before.unwrap_or_default());
            through = one.falls;
            join(&mut flow.falls, one.breaks);
            join(&mut flow.continues, one.continues);
        }
        self.scopes.pop();
        join(&mut flow.falls, through);
        if !has_default {
            join(&mut flow.falls, Some(set));
        }
        flow
    }

    /// `while` and `do`: each iteration is a step of its own.
    fn open_loop(&mut self, node: Node<'_>, set: Set) -> Flow {
        self.file.out.loops += 1;
        self.judge_unbounded(node);
        self.loops_open += 1;
        let mut step = Set::default();
        let condition = node.child_by_field_name("condition");
        if let Some(condition) = condition {
            self.statement = (line(condition), condition.end_position().row + 1);
            self.expression(condition, &mut step);
        }
        if let Some(body) = node.child_by_field_name("body") {
            let _ = self.statement(body, step);
        }
        self.loops_open -= 1;
        // What a step wrote does not count against what follows the loop.
        Flow { falls: Some(set), ..Flow::default() }
    }

    fn judge_unbounded(&mut self, node: Node<'_>) {
        let function = self.function.clone();
        let what = match node.kind() {
            "while_statement" => "while",
            "do_statement" => "do",
            _ => "for (;;)",
        };
        if !self.is_kernel {
            self.file.find(
                node,
                Rule::OneUnboundedLoop,
                format!("unbounded loop (`{what}`) in `{function}`, which is not a kernel"),
                "one step a call: the kernel's loop calls again, and what must last is state; or an \
                 unrolled `for` over a fixed count",
            );
            return;
        }
        self.unbounded += 1;
        if self.loops_open > 0 {
            self.file.find(
                node,
                Rule::OneUnboundedLoop,
                format!("unbounded loop (`{what}`) inside another loop of kernel `{function}`"),
                "one loop whose body is one step: try once without blocking, keep the rest in \
                 state",
            );
        } else if self.unbounded > 1 {
            self.file.find(
                node,
                Rule::OneUnboundedLoop,
                format!("a second unbounded loop (`{what}`) in kernel `{function}`"),
                "one loop with a state that says which phase it is in",
            );
        }
    }

    fn for_loop(&mut self, node: Node<'_>, mut set: Set) -> Flow {
        let field = |name: &str| node.child_by_field_name(name);
        self.file.out.loops += 1;
        self.statement = (line(node), line(node));
        self.scopes.push(BTreeMap::new());
        let unbounded = is_unbounded(node);
        let mut start = None;
        let mut variable = None;
        if let Some(first) = field("initializer") {
            if first.kind() == "declaration" {
                if let Some(one) = first.child_by_field_name("declarator")
                    && let Some(identifier) = identifier_of(one)
                {
                    start = one.child_by_field_name("value");
                    variable = Some(self.declare(identifier));
                }
            } else if first.kind() == "assignment_expression"
                && let Some(left) = first.child_by_field_name("left")
                && left.kind() == "identifier"
            {
                let name = self.file.text(left);
                variable = Some(self.lookup(&name));
                start = first.child_by_field_name("right");
            } else {
                self.expression(first, &mut set);
            }
        }
        let values = if unbounded {
            self.judge_unbounded(node);
            None
        } else {
            self.judge_for(node, variable, start)
        };
        self.loops_open += 1;
        self.loop_variables.extend(variable.map(|v| (v, values)));
        let mut inner = Set::default();
        if let Some(condition) = field("condition") {
            self.expression(condition, &mut inner);
        }
        if let Some(update) = field("update")
            && variable.is_none()
        {
            self.expression(update, &mut inner);
        }
        let first_inner = self.names.len();
        let flow = match field("body") {
            Some(body) => self.statement(body, inner),
            None => Flow::default(),
        };
        self.loops_open -= 1;
        if variable.is_some() {
            self.loop_variables.pop();
        }
        self.scopes.pop();
        if !unbounded {
            let mut written = flow.falls;
            join(&mut written, flow.breaks);
            join(&mut written, flow.continues);
            self.settle_loop(written.unwrap_or_default(), first_inner, &mut set);
        }
        Flow { falls: Some(set), ..Flow::default() }
    }

    /// All iterations of an unrolled loop are one write of each place, and may start from the value
    /// of a declaration: a sum, a selection.
    fn settle_loop(&mut self, written: Set, first_inner: usize, set: &mut Set) {
        // Variables of the body end with each iteration.
        let lasting: Vec<(Place, Done)> = written
            .0
            .into_iter()
            .filter(|(p, _)| p.var < first_inner || !self.declared[p.var])
            .collect();
        for (place, done) in &lasting {
            let earlier = set
                .0
                .iter()
                .find(|(p, d)| p.meets(place, When::AfterLoop) && !p.holds(place) && !d.initial)
                .map(|(_, d)| d.line);
            if let Some(earlier) = earlier {
                self.second_write(place, done.line, (done.line, done.line), earlier, false);
            }
        }
        for (place, done) in lasting {
            set.add(place, done.line, false);
        }
    }

    /// Bounds and unrolling of a `for` with a condition; the values that its variable takes, where
    /// they can be computed.
    fn judge_for(
        &mut self,
        node: Node<'_>,
        variable: Option<usize>,
        start: Option<Node<'_>>,
    ) -> Option<Vec<i64>> {
        const FORM: &str = "`#pragma unroll` before `for (uint i = 0; i < 16; i++)` and the \
                            condition inside: `frame[i] = (i < num) ? data[i] : frame[i]`";
        let condition = node.child_by_field_name("condition");
        let update = node.child_by_field_name("update");
        let bound = condition.and_then(|c| self.bound(c, variable));
        let from = start.and_then(|n| self.constant(n));
        let to = bound.and_then(|(_, n)| self.constant(n));
        let step = update.and_then(|u| self.step(u, variable));
        let (Some(from), Some(to), Some(step), Some((operator, _))) = (&from, &to, &step, bound)
        else {
            let what = match bound {
                None => "is not of the form `for (uint i = 0; i < 16; i++)`".to_owned(),
                Some(_) if from.is_none() => "does not start from a constant".to_owned(),
                Some((_, bound)) if to.is_none() => {
                    format!("runs to `{}`, which is not a constant", self.file.text(bound))
                }
                Some(_) => "does not step by a constant".to_owned(),
            };
            self.file.find(node, Rule::UnrolledLoops, format!("this `for` {what}"), FORM);
            return None;
        };
        let values = match (from.single(), to.single(), step) {
            (Some(from), Some(to), (step, Some(by))) => run(from, operator, to, step, *by),
            _ => None,
        };
        let steps = values.as_ref().map(|v| v.len() as u64);
        let macros = self.file.macros;
        match self.file.source.unroll_before(node.start_byte()) {
            // Before the kernel's loop nothing waits for it: one copy, a step a clock.
            None if self.is_start() => {}
            None => {
                self.file.find(
                    node,
                    Rule::UnrolledLoops,
                    "this `for` is not unrolled".into(),
                    "`#pragma unroll` or TG_UNROLL on the line before it",
                );
            }
            Some(Unroll::Times(n))
                if macros.value(&n).is_none_or(|n| steps.is_some_and(|s| n < s)) =>
            {
                self.file.find(
                    node,
                    Rule::UnrolledLoops,
                    format!("this `for` is unrolled only `{n}` times"),
                    "`#pragma unroll` without a number",
                );
            }
            Some(_) => {
                if let Some(steps) = steps.filter(|&s| s > MAX_UNROLLED) {
                    let shown = if steps > MAX_VALUES {
                        format!("over {MAX_VALUES}")
                    } else {
                        steps.to_string()
                    };
                    self.file.find(
                        node,
                        Rule::UnrolledLoops,
                        format!("{shown} copies of this loop's body, {MAX_UNROLLED} are allowed"),
                        "one element a step of the kernel's loop, with the index as state",
                    );
                }
            }
        }
        values
    }

    /// Whether this code runs once, before a kernel's loop: a `_start` function, or the kernel
    /// itself above its loop.
    fn is_start(&self) -> bool {
        is_start_name(&self.function) || self.is_kernel && self.unbounded == 0
    }

    fn is_variable(&mut self, node: Node<'_>, variable: Option<usize>) -> bool {
        node.kind() == "identifier" && {
            let name = self.file.text(node);
            Some(self.lookup(&name)) == variable
        }
    }

    /// The comparison of a loop's condition, with the variable on its left, and the bound.
    fn bound<'t>(
        &mut self,
        condition: Node<'t>,
        variable: Option<usize>,
    ) -> Option<(&'static str, Node<'t>)> {
        if condition.kind() != "binary_expression" {
            return None;
        }
        let left = condition.child_by_field_name("left")?;
        let right = condition.child_by_field_name("right")?;
        let (operator, mirrored) = match condition.child_by_field_name("operator")?.kind() {
            "<" => ("<", ">"),
            "<=" => ("<=", ">="),
            ">" => (">", "<"),
            ">=" => (">=", "<="),
            "!=" => ("!=", "!="),
            _ => return None,
        };
        if self.is_variable(left, variable) {
            Some((operator, right))
        } else if self.is_variable(right, variable) {
            Some((mirrored, left))
        } else {
            None
        }
    }

    /// The operator of a loop's step and the constant that it steps by.
    fn step(
        &mut self,
        update: Node<'_>,
        variable: Option<usize>,
    ) -> Option<(&'static str, Option<i64>)> {
        let operator = update.child_by_field_name("operator")?.kind();
        if update.kind() == "update_expression" {
            let argument = update.child_by_field_name("argument")?;
            let step = if operator == "++" { "+=" } else { "-=" };
            return self.is_variable(argument, variable).then_some((step, Some(1)));
        }
        let operator =
            ["+=", "-=", "*=", "<<=", ">>="].into_iter().find(|known| *known == operator)?;
        let left = update.child_by_field_name("left")?;
        let by = self.constant(update.child_by_field_name("right")?)?;
        self.is_variable(left, variable).then(|| (operator, by.single()))
    }

    /// An expression that is constant for the compiler: numbers, upper-case names, and the
    /// variables of unrolled loops.
    fn constant(&mut self, node: Node<'_>) -> Option<Constant> {
        let every = self.iterations();
        let fixed = |text: String, value: Option<i64>| Constant {
            text,
            values: value.and_then(|v| every.map(|n| vec![v; n])),
        };
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "number_literal" => {
                let text = self.file.text(node);
                let value = integer(&text).and_then(|v| i64::try_from(v).ok());
                Some(fixed(text, value))
            }
            "char_literal" | "sizeof_expression" => Some(fixed(self.file.text(node), None)),
            "identifier" => {
                let name = self.file.text(node);
                if is_upper(&name) {
                    let value = self.file.macros.value(&name);
                    return Some(fixed(name, value.and_then(|v| i64::try_from(v).ok())));
                }
                let var = self.lookup(&name);
                let at = self.loop_variables.iter().position(|(v, _)| *v == var)?;
                Some(Constant { text: format!("#{at}"), values: self.values_of_loop(at) })
            }
            "cast_expression" => self.constant(field("value")?),
            "parenthesized_expression" => {
                let [inner] = named(node)[..] else { return None };
                self.constant(inner)
            }
            "unary_expression" => {
                let inner = self.constant(field("argument")?)?;
                let operator = field("operator")?.kind();
                let values = match operator {
                    "-" => inner.values.map(|v| v.into_iter().map(i64::wrapping_neg).collect()),
                    "+" => inner.values,
                    _ => None,
                };
                Some(Constant { text: format!("{operator}({})", inner.text), values })
            }
            "binary_expression" => {
                let left = self.constant(field("left")?)?;
                let right = self.constant(field("right")?)?;
                let operator = field("operator")?.kind();
                Some(binary(left, operator, right))
            }
            "call_expression" => {
                // A function-like macro of constants, by our spelling.
                let name = self.file.text(field("function")?);
                if !is_upper(&name) {
                    return None;
                }
                let arguments = named(field("arguments")?);
                let parts: Option<Vec<String>> =
                    arguments.into_iter().map(|a| Some(self.constant(a)?.text)).collect();
                Some(fixed(format!("{name}({})", parts?.join(",")), None))
            }
            _ => None,
        }
    }

    /// How many times the code here stands in the hardware, where that can be computed.
    fn iterations(&self) -> Option<usize> {
        let all = self
            .loop_variables
            .iter()
            .try_fold(1usize, |product, (_, values)| product.checked_mul(values.as_ref()?.len()));
        all.filter(|&n| n as u64 <= MAX_VALUES)
    }

    /// The values of one open loop's variable in every iteration of all open loops.
    fn values_of_loop(&self, at: usize) -> Option<Vec<i64>> {
        let every = self.iterations()?;
        let values = self.loop_variables[at].1.as_ref()?;
        let inner: usize = self.loop_variables[at + 1..]
            .iter()
            .map(|(_, v)| v.as_ref().map_or(1, Vec::len))
            .product();
        Some((0..every).map(|n| values[n / inner % values.len()]).collect())
    }

    fn declaration(&mut self, node: Node<'_>, set: &mut Set) {
        let mut cursor = node.walk();
        let declarators: Vec<_> = node.children_by_field_name("declarator", &mut cursor).collect();
        for declarator in declarators {
            let value = declarator.child_by_field_name("value");
            if declarator.kind() == "init_declarator"
                && let Some(value) = value
            {
                self.expression(value, set);
            }
            if let Some(identifier) = identifier_of(declarator) {
                let var = self.declare(identifier);
                if declarator.kind() == "init_declarator" {
                    set.add(Place { var, steps: Vec::new() }, line(declarator), true);
                }
            }
        }
    }

    fn each(&mut self, node: Node<'_>, set: &mut Set) {
        for child in named(node) {
            self.expression(child, set);
        }
    }

    /// Follows an expression: writes, calls, divisions.
    fn expression(&mut self, node: Node<'_>, set: &mut Set) {
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "assignment_expression" => {
                let operator = field("operator").map_or("=", |o| o.kind());
                if let Some(right) = field("right") {
                    if matches!(operator, "/=" | "%=") {
                        self.judge_division(node, right);
                    }
                    self.expression(right, set);
                }
                if let Some(left) = field("left") {
                    self.each(left, set);
                    self.write(node, left, set);
                }
            }
            "update_expression" => {
                if let Some(argument) = field("argument") {
                    self.each(argument, set);
                    self.write(node, argument, set);
                }
            }
            "conditional_expression" => {
                if let Some(condition) = field("condition") {
                    self.expression(condition, set);
                }
                let mut other = set.clone();
                if let Some(then) = field("consequence") {
                    self.expression(then, set);
                }
                if let Some(otherwise) = field("alternative") {
                    self.expression(otherwise, &mut other);
                }
                set.join(other);
            }
            "binary_expression" => {
                let operator = field("operator").map_or("", |o| o.kind());
                if let (Some(right), "/" | "%") = (field("right"), operator) {
                    self.judge_division(node, right);
                }
                self.each(node, set);
            }
            "call_expression" => {
                if let Some(function) = field("function")
                    && function.kind() == "identifier"
                {
                    let called = self.file.text(function);
                    if is_start_name(&called) && !self.is_start() {
                        self.file.find(
                            node,
                            Rule::UnrolledLoops,
                            format!("`{called}` is called where steps are made"),
                            "call it above the kernel's loop; what a step resets, it resets in one \
                             write",
                        );
                    }
                    self.file.calls.call(&self.function, &called);
                }
                self.each(node, set);
            }
            "sizeof_expression" => {}
            // A statement inside an expression (GNU C).
            "compound_statement" => {
                let flow = self.statement(node, std::mem::take(set));
                *set = flow.falls.unwrap_or_default();
            }
            _ => self.each(node, set),
        }
    }

    fn judge_division(&mut self, node: Node<'_>, by: Node<'_>) {
        let zero = integer(&self.file.text(by)) == Some(0);
        if zero || self.constant(by).is_none() {
            let by = self.file.text(by);
            let what = format!("division by `{by}`, which is not a constant above 0");
            self.file.find(node, Rule::IntegersOnly, what, DIVISION_BETTER);
        }
    }

    fn place(&mut self, node: Node<'_>) -> Option<Place> {
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "identifier" => {
                let name = self.file.text(node);
                Some(Place { var: self.lookup(&name), steps: Vec::new() })
            }
            "parenthesized_expression" => {
                let [inner] = named(node)[..] else { return None };
                self.place(inner)
            }
            "field_expression" => {
                let mut place = self.place(field("argument")?)?;
                if field("operator").is_some_and(|o| o.kind() == "->") {
                    place.steps.push(Step::Deref);
                }
                place.steps.push(Step::Field(self.file.text(field("field")?)));
                Some(place)
            }
            "subscript_expression" => {
                let argument = inside_parentheses(field("argument")?);
                let index = self.constant(field("index")?);
                // `(bytes + 8)[i]` is `bytes[8 + i]`.
                let offset = (argument.kind() == "binary_expression"
                    && argument.child_by_field_name("operator").is_some_and(|o| o.kind() == "+"))
                .then(|| argument.child_by_field_name("right"))
                .flatten();
                let (base, index) = match offset {
                    Some(offset) => (
                        argument.child_by_field_name("left")?,
                        self.constant(offset).zip(index).map(|(a, b)| binary(a, "+", b)),
                    ),
                    None => (argument, index),
                };
                let mut place = self.place(base)?;
                let index = index.map(|c| Index {
                    text: c.text,
                    values: c.values.map(|v| v.into_iter().collect()),
                });
                place.steps.push(Step::Index(index));
                Some(place)
            }
            "pointer_expression" => {
                let mut place = self.place(field("argument")?)?;
                if field("operator").is_some_and(|o| o.kind() == "*") {
                    place.steps.push(Step::Deref);
                } else if place.steps.last() == Some(&Step::Deref) {
                    place.steps.pop();
                }
                Some(place)
            }
            "cast_expression" => self.place(field("value")?),
            // `*(p + 1)`: somewhere behind `p`.
            "binary_expression" => {
                let mut place = self.place(field("left")?)?;
                place.steps.push(Step::Index(None));
                Some(place)
            }
            _ => None,
        }
    }

    fn write(&mut self, node: Node<'_>, left: Node<'_>, set: &mut Set) {
        let Some(place) = self.place(left) else {
            let text = self.file.text(left);
            self.file.find(
                node,
                Rule::OneWrite,
                format!("cannot tell what `{text}` writes"),
                "a variable, a field or an element by name",
            );
            return;
        };
        let at = line(node);
        if place.steps.is_empty() && self.loop_variables.iter().any(|(v, _)| *v == place.var) {
            let name = self.names[place.var].clone();
            self.file.find(
                node,
                Rule::UnrolledLoops,
                format!("loop variable `{name}` is written in the loop's body"),
                "a fixed count, and a condition for the steps that do nothing",
            );
            return;
        }
        let earlier = set
            .0
            .iter()
            .filter(|(p, d)| {
                p.meets(&place, When::SameIteration)
                    && !p.holds(&place)
                    && (!d.initial || p.steps == place.steps)
            })
            .map(|(_, d)| (d.line, d.initial))
            .min_by_key(|&(line, initial)| (initial, line));
        if let Some((earlier, initial)) = earlier {
            let lines = (self.statement.0.min(at), self.statement.1.max(at));
            self.second_write(&place, at, lines, earlier, initial);
        }
        set.add(place, at, false);
    }

    fn second_write(
        &mut self,
        place: &Place,
        at: usize,
        lines: (usize, usize),
        earlier: usize,
        initial: bool,
    ) {
        if !self.reported.insert((at, place.clone())) {
            return;
        }
        let mut name = self.names[place.var].clone();
        let mut deref = false;
        for step in &place.steps {
            match step {
                Step::Deref => deref = true,
                Step::Field(field) => {
                    name.push_str(if deref { "->" } else { "." });
                    name.push_str(field);
                    deref = false;
                }
                Step::Index(index) => {
                    let shown = index.as_ref().map_or("...", |i| i.text.as_str());
                    name.push_str(&format!("[{}]", shown.trim_matches(['(', ')'])));
                    deref = false;
                }
            }
        }
        if deref {
            name.insert(0, '*');
        }
        let what = if initial {
            format!("`{name}` is written again after its value of line {earlier}")
        } else {
            format!("`{name}` may be written twice in one step, before on line {earlier}")
        };
        self.file.out.writes.push(Write {
            finding: Finding {
                file: self.file.source.name.clone(),
                line: at,
                rule: Rule::OneWrite,
                what,
                better: "one assignment that selects (`x = a ? b : c`), or a new name for the new \
                         value"
                    .into(),
            },
            lines,
        });
    }
}

/// Who calls whom, over all files; macros count as functions.
pub(crate) struct Calls {
    callees: BTreeMap<String, BTreeSet<String>>,
    places: BTreeMap<String, (String, usize)>,
}

impl Calls {
    pub(crate) fn new(macros: &Macros) -> Self {
        let mut callees: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for m in macros.all() {
            let called = m.body.iter().filter(|w| w.as_str() != m.name.as_str()).cloned();
            callees.entry(m.name.clone()).or_default().extend(called);
        }
        Self { callees, places: BTreeMap::new() }
    }

    fn define(&mut self, name: &str, file: &str, line: usize) {
        self.places.entry(name.to_owned()).or_insert_with(|| (file.to_owned(), line));
    }

    fn call(&mut self, from: &str, to: &str) {
        self.callees.entry(from.to_owned()).or_default().insert(to.to_owned());
    }

    /// One finding for each function that can reach itself.
    pub(crate) fn find_recursion(&self, findings: &mut Vec<Finding>) {
        for (name, (file, line)) in &self.places {
            let Some(way) = self.way_back(name) else { continue };
            let what = if way.len() == 1 {
                format!("`{name}` calls itself")
            } else {
                format!("`{name}` calls itself by way of `{}`", way[..way.len() - 1].join("`, `"))
            };
            findings.push(Finding {
                file: file.clone(),
                line: *line,
                rule: Rule::IntegersOnly,
                what,
                better: "state that the kernel's loop steps; hardware has no stack".into(),
            });
        }
    }

    /// The shortest chain of calls from a function to itself.
    fn way_back(&self, name: &str) -> Option<Vec<String>> {
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = std::collections::VecDeque::from([name]);
        while let Some(at) = open.pop_front() {
            for next in self.callees.get(at).into_iter().flatten() {
                if came_from.contains_key(next.as_str()) {
                    continue;
                }
                came_from.insert(next, at);
                if next == name {
                    let mut way = vec![name.to_owned()];
                    let mut back = at;
                    while back != name {
                        way.push(back.to_owned());
                        back = came_from[back];
                    }
                    way.reverse();
                    return Some(way);
                }
                open.push_back(next);
            }
        }
        None
    }
}
