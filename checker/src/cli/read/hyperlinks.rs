//! Can this terminal follow links in a text (OSC 8)? No terminal answers that; known ones are recognised by what
//! they put into the environment. Where an address would be lost, numbers are better.

/// Programs that say so in `TERM_PROGRAM`.
const PROGRAMS: [&str; 9] =
    ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "zed", "rio", "Tabby", "mintty"];

/// Terminals that say so in `TERM`, at its beginning.
const TERMS: [&str; 8] =
    ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "rio", "domterm"];

/// `passes` says whether what stands between us and the terminal lets links through; asked only where it matters.
pub(super) fn are_shown(
    is_terminal: bool,
    variable: impl Fn(&str) -> Option<String>,
    passes: impl FnOnce() -> bool,
) -> bool {
    // The same variable as in many other programs.
    if let Some(forced) = variable("FORCE_HYPERLINK") {
        return forced.trim() != "0";
    }
    is_terminal && is_able(variable) && passes()
}

fn is_able(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let at_least = |name: &str, version: u32| {
        variable(name).and_then(|value| value.parse::<u32>().ok()).is_some_and(|found| found >= version)
    };
    let term = variable("TERM").unwrap_or_default();
    // A multiplexer hands on the environment of a terminal, but not always the links.
    let is_inside = is_set("TMUX") || is_set("STY") || term.starts_with("screen") || term.starts_with("tmux");
    if is_inside || matches!(term.as_str(), "" | "dumb" | "linux") {
        return false;
    }
    let program = variable("TERM_PROGRAM").unwrap_or_default();
    TERMS.iter().any(|known| term.starts_with(known))
        || PROGRAMS.contains(&program.as_str())
        || is_set("WT_SESSION")
        || is_set("DOMTERM")
        // GNOME's terminals from 0.50 on, and KDE's from 20.12 on.
        || at_least("VTE_VERSION", 5000)
        || at_least("KONSOLE_VERSION", 201_200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(is_terminal: bool, variables: &[(&str, &str)], passes: bool) -> bool {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        are_shown(is_terminal, variable, || passes)
    }

    #[test]
    fn links_are_for_terminals_that_are_known_to_follow_them() {
        let able: [&[(&str, &str)]; 5] = [
            &[("TERM", "xterm-kitty")],
            &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "vscode")],
            &[("TERM", "xterm-256color"), ("VTE_VERSION", "7006")],
            &[("TERM", "xterm-256color"), ("KONSOLE_VERSION", "220401")],
            &[("TERM", "foot")],
        ];
        for variables in able {
            assert!(decide(true, variables, true), "{variables:?}");
            assert!(!decide(false, variables, true), "a pipe: {variables:?}");
            assert!(!decide(true, variables, false), "a pager that keeps them back: {variables:?}");
            let inside = [variables, &[("TMUX", "/tmp/tmux-0/default,1,0")]].concat();
            assert!(!decide(true, &inside, true), "{inside:?}");
        }
        let unable: [&[(&str, &str)]; 6] = [
            &[],
            &[("TERM", "xterm-256color")],
            &[("TERM", "dumb"), ("VTE_VERSION", "7006")],
            &[("TERM", "linux")],
            &[("TERM", "xterm"), ("VTE_VERSION", "4800")],
            &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")],
        ];
        for variables in unable {
            assert!(!decide(true, variables, true), "{variables:?}");
        }
    }

    #[test]
    fn who_insists_decides() {
        assert!(decide(false, &[("FORCE_HYPERLINK", "1")], false));
        assert!(!decide(true, &[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")], true));
    }
}
