//! Words, signs and comments of a Rust source: as much as it takes to know where a test stands.

/// A piece of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A name, a keyword or a number.
    Word(&'a str),
    /// What stands between the quotes of a text, escapes as written.
    Text(&'a str),
    /// Any other character.
    Sign(char),
    /// A line comment with its strokes.
    Comment(&'a str),
}

/// The pieces of a source, each with its line, from 1 on.
pub fn tokens(source: &str) -> Vec<(usize, Token<'_>)> {
    let mut out = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first);
        out.extend(token.map(|token| (line, token)));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    out
}

/// The first piece and its length; blanks, lifetimes, characters and block comments are none.
fn next(rest: &str, first: char) -> (Option<Token<'_>>, usize) {
    if rest.starts_with("//") {
        let length = rest.find('\n').unwrap_or(rest.len());
        return (Some(Token::Comment(rest[..length].trim_end())), length);
    }
    if rest.starts_with("/*") {
        return (None, block_comment(rest));
    }
    if first == '"' {
        return text(rest, 0);
    }
    if first == '\'' {
        return (None, character(rest));
    }
    if is_word(first) {
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let behind = &rest[length..];
        return match &rest[..length] {
            "r" | "br" | "cr" if behind.starts_with(['"', '#']) => raw(rest, length),
            "b" | "c" if behind.starts_with('"') => text(rest, length),
            word => (Some(Token::Word(word)), length),
        };
    }
    let is_blank = first.is_whitespace();
    ((!is_blank).then_some(Token::Sign(first)), first.len_utf8())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length of a block comment, others within it included.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        let step = match here {
            [b'/', b'*', ..] => 1,
            [b'*', b'/', ..] => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            break;
        }
    }
    at
}

/// A text whose first quote stands behind a prefix.
fn text(rest: &str, prefix: usize) -> (Option<Token<'_>>, usize) {
    let inner = &rest[prefix + 1..];
    let mut is_escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return (Some(Token::Text(&inner[..at])), prefix + at + 2),
            _ => {}
        }
    }
    (Some(Token::Text(inner)), rest.len())
}

/// A raw text, or a raw name, behind its `r`.
fn raw(rest: &str, prefix: usize) -> (Option<Token<'_>>, usize) {
    let hashes = rest[prefix..].bytes().take_while(|&byte| byte == b'#').count();
    let open = prefix + hashes;
    if !rest[open..].starts_with('"') {
        let length = rest[open..].find(|c| !is_word(c)).unwrap_or(rest.len() - open);
        return (Some(Token::Word(&rest[open..open + length])), open + length);
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let inner = &rest[open + 1..];
    let length = inner.find(&close).unwrap_or(inner.len());
    (Some(Token::Text(&inner[..length])), (open + 1 + length + close.len()).min(rest.len()))
}

/// Length of a character with its quotes, or of the stroke of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((escaped, c))) => {
            let behind = escaped + c.len_utf8();
            rest[behind..].find('\'').map_or(rest.len(), |at| behind + at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    fn words(source: &str) -> Vec<&str> {
        let word = |token| if let Token::Word(word) = token { Some(word) } else { None };
        tokens(source).into_iter().filter_map(|(_, token)| word(token)).collect()
    }

    #[test]
    fn what_is_quoted_is_no_word() {
        assert_eq!(
            words(r##"a "b \" c" d r#"e " f"# g b"h" 'i' j '\'' k"##),
            ["a", "d", "g", "j", "k"]
        );
        assert_eq!(words("a<'b>(c: &'b str) '{' 'ü' d"), ["a", "b", "c", "b", "str", "d"]);
        assert_eq!(words("a /* b /* c */ d */ e // f\ng"), ["a", "e", "g"]);
        assert_eq!(words("r#fn br\"x\" '\\u{1F600}' h"), ["fn", "h"]);
    }

    #[test]
    fn what_has_no_end_ends_with_the_file() {
        for source in ["\"a", "r#\"a", "/* a", "'", "'\\", "b\"a\\", "a ü"] {
            tokens(source);
        }
    }

    #[test]
    fn lines_are_counted_through_all_of_it() {
        let found = tokens("/*\n*/ \"\n\" // c\nx");
        assert_eq!(
            found,
            [(2, Token::Text("\n")), (3, Token::Comment("// c")), (4, Token::Word("x"))]
        );
    }
}
