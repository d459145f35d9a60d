//! From messages to the text a model was taught to read: the file's own Jinja template, rendered
//! as the `transformers` library renders it.
//!
//! Not here: what the messages say.

mod clock;

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use crate::vocabulary::Vocabulary;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, context};
use serde::Serialize;
use yinju_core::ports::{Message, Role};

/// `ChatML`, for files without a template: the format that most such models were taught.
const CHATML: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

const NAME: &str = "chat";

/// A compiled chat template.
pub(crate) struct ChatTemplate {
    environment: Environment<'static>,
    bos: String,
    eos: String,
}

/// A message under the names that templates use.
#[derive(Serialize)]
struct Turn {
    role: Role,
    content: String,
}

impl ChatTemplate {
    /// Compiles the template of a file.
    pub(crate) fn load(file: &GgufFile, vocabulary: &Vocabulary) -> Result<Self, GenerateError> {
        let source = file.text("tokenizer.chat_template").unwrap_or(CHATML);
        Self::compile(source, vocabulary.bos_text(), vocabulary.eos_text())
            .map_err(GenerateError::Template)
    }

    fn compile(source: &str, bos: &str, eos: &str) -> Result<Self, Error> {
        let mut environment = Environment::new();
        let white_space = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
        environment.set_syntax(white_space);
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", raise_exception);
        environment.add_function("strftime_now", clock::strftime_now);
        environment.add_template_owned(NAME, source.to_owned())?;
        Ok(Self { environment, bos: bos.to_owned(), eos: eos.to_owned() })
    }

    /// The prompt that ends where the model's answer begins. `clean` is applied to what messages
    /// say before it meets the template. Templates that know no system message get it as the
    /// beginning of the first question.
    pub(crate) fn render(
        &self,
        messages: &[Message],
        thinks: bool,
        clean: impl Fn(&str) -> String,
    ) -> Result<String, GenerateError> {
        let turns: Vec<Turn> = messages
            .iter()
            .map(|message| Turn { role: message.role, content: clean(&message.content) })
            .collect();
        self.render_turns(&turns, thinks)
            .or_else(|error| match without_system(&turns) {
                Some(turns) => self.render_turns(&turns, thinks),
                None => Err(error),
            })
            .map_err(GenerateError::Template)
    }

    fn render_turns(&self, turns: &[Turn], thinks: bool) -> Result<String, Error> {
        self.environment.get_template(NAME)?.render(context! {
            messages => Serde(turns),
            add_generation_prompt => true,
            enable_thinking => thinks,
            bos_token => self.bos.as_str(),
            eos_token => self.eos.as_str(),
        })
    }
}

fn without_system(turns: &[Turn]) -> Option<Vec<Turn>> {
    let [Turn { role: Role::System, content: system }, question, rest @ ..] = turns else {
        return None;
    };
    let first = Turn { role: question.role, content: format!("{system}\n\n{}", question.content) };
    let rest = rest.iter().map(|turn| Turn { role: turn.role, content: turn.content.clone() });
    Some(std::iter::once(first).chain(rest).collect())
}

#[allow(clippy::needless_pass_by_value, reason = "minijinja's functions take their arguments so")]
fn raise_exception(message: String) -> Result<String, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(role: Role, content: &str) -> Message {
        Message { role, content: content.to_owned() }
    }

    fn conversation() -> Vec<Message> {
        vec![
            message(Role::System, "Be brief."),
            message(Role::User, "一?"),
            message(Role::Assistant, "One."),
            message(Role::User, "Two?"),
        ]
    }

    fn render(source: &str, messages: &[Message]) -> Result<String, GenerateError> {
        ChatTemplate::compile(source, "<s>", "</s>").unwrap().render(messages, false, str::to_owned)
    }

    #[test]
    fn chatml_without_a_template() {
        insta::assert_snapshot!(render(CHATML, &conversation()).unwrap(), @r"
        <|im_start|>system
        Be brief.<|im_end|>
        <|im_start|>user
        一?<|im_end|>
        <|im_start|>assistant
        One.<|im_end|>
        <|im_start|>user
        Two?<|im_end|>
        <|im_start|>assistant
        ");
    }

    #[test]
    fn qwen3_is_told_not_to_think() {
        let source = "{%- for message in messages %}\n    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n    {%- if enable_thinking is defined and enable_thinking is false %}\n        {{- '<think>\\n\\n</think>\\n\\n' }}\n    {%- endif %}\n{%- endif %}";
        let prompt = render(source, &conversation()[..1]).unwrap();
        assert_eq!(
            prompt,
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
        );
    }

    #[test]
    fn python_methods_and_blocks_are_as_in_transformers() {
        let source = "{{ bos_token }}{% for message in messages %}\n    {% if message['role'] == 'user' %}\n[INST] {{ message['content'].strip() }} [/INST]\n    {% endif %}\n{% endfor %}";
        let messages = [message(Role::User, "  hi ")];
        assert_eq!(render(source, &messages).unwrap(), "<s>[INST] hi [/INST]\n");
    }

    #[test]
    fn a_refused_system_message_joins_the_question() {
        let source = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}{{ m.role }}: {{ m.content }}|{% endfor %}";
        assert_eq!(render(source, &conversation()[..2]).unwrap(), "user: Be brief.\n\n一?|");
    }

    #[test]
    fn what_a_template_refuses_is_reported() {
        let error = render("{{ raise_exception('no') }}", &conversation()[1..]).unwrap_err();
        let problem = yinju_core::Problem::from(error);
        assert_eq!(problem.code, yinju_core::ProblemCode::ModelUnsupported);
        assert!(problem.message.contains("no"), "{}", problem.message);
    }
}
