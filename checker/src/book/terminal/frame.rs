//! What stands above and below a text: what it is, and what to do with it.

use crate::book::block::Block;
use crate::book::facts::{self, Facts};
use crate::course::{Course, Lesson, Part};

use super::Page;
use super::layout::hanging;
use super::paint::{Line, Style};

impl Page {
    pub(super) fn lesson(&mut self, course: &Course, lesson: &Lesson, blocks: &[Block]) -> Vec<Line> {
        let facts = Facts::new(course, lesson, self.setting.language);
        let mut lines = self.opening(lesson, &facts);
        lines.push(Line::default());
        lines.extend(self.document(blocks));
        lines.extend([Line::default(), Line::default()]);
        lines.extend(self.ending(course, lesson, &facts));
        lines
    }

    fn opening(&self, lesson: &Lesson, facts: &Facts) -> Vec<Line> {
        let mut lines = self.title(&format!("{} {}", lesson.id, lesson.title));
        let dot = self.setting.look.glyphs().dot;
        lines.extend(self.fact("part", &format!("{} {dot} {}", lesson.part, facts.part), Style::PLAIN));
        lines.extend(self.fact("time", &format!("{} minutes", lesson.duration_min), Style::PLAIN));
        if !facts.files.is_empty() {
            lines.extend(self.fact("exercise", &facts::any_of(&facts.short_files()), Style::PLAIN));
        }
        if let Some(language) = self.setting.language {
            lines.extend(self.fact("code", &format!("in {language} alone"), Style::PLAIN));
        }
        lines.extend(self.fact("then", &facts.check, Style::COMMAND));
        lines
    }

    fn ending(&self, course: &Course, lesson: &Lesson, facts: &Facts) -> Vec<Line> {
        let mut lines = vec![Line::of(&self.glyph("─", "-").repeat(self.room), Style::QUIET)];
        let files = facts::any_of(&facts.short_files());
        let now = if files.is_empty() { "Write your program".to_owned() } else { format!("Edit {files}") };
        lines.extend(Line::plain(&self.shown(&format!("{now}, then:"))).wrap(self.room));
        lines.push(Line::of(&format!("  {}", facts.check), Style::COMMAND));
        if let (_, Some(next)) = facts::neighbours(course, &lesson.id) {
            let title = self.shown(&format!("Next: {} {}", next.id(), next.title()));
            lines.extend(Line::plain(&title).wrap(self.room));
            lines.push(Line::of(&format!("  workbook read {}", next.id()), Style::COMMAND));
        }
        lines
    }

    pub(super) fn part(&mut self, course: &Course, part: &Part, blocks: &[Block]) -> Vec<Line> {
        let mut lines = self.title(&format!("{} {}", part.id, part.title));
        lines.push(Line::default());
        lines.extend(self.document(blocks));
        for lesson in facts::lessons(course, &part.id) {
            lines.push(Line::default());
            let title = format!("{} {}, {} minutes", lesson.id, lesson.title, lesson.duration_min);
            lines.extend(Line::plain(&self.shown(&title)).wrap(self.room));
            lines.push(Line::of(&format!("  workbook read {}", lesson.id), Style::COMMAND));
        }
        lines
    }

    fn title(&self, title: &str) -> Vec<Line> {
        Line::of(&self.shown(title), Style::STRONG).wrap(self.room)
    }

    /// A fact behind its name, in a column of its own where there is room.
    fn fact(&self, name: &str, fact: &str, style: Style) -> Vec<Line> {
        let name = Line::of(&format!("{name}: "), Style::QUIET);
        let name = if self.room < 40 { name } else { name.padded(10) };
        let lines = Line::of(&self.shown(fact), style).wrap(self.room.saturating_sub(name.width()));
        hanging(lines, &name, &Line::plain(&" ".repeat(name.width())))
    }
}
