// Python text -> tokens, in time linear in the text.
// Inside brackets newlines and indentation vanish; a file always ends with Newline, the open Dedents, End.
// Values (names, numbers, strings) stay in the text; the parser reads them from a token's bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "source/diag.h"
#include "source/source_file.h"

namespace fac::script {

enum class Tok : std::uint8_t {
#define OTHER(name, text) k##name,
#define KEYWORD(name, text) k##name,
#define OPERATOR(name, text) k##name,
#include "frontend/script/tokens.def"
#undef OTHER
#undef KEYWORD
#undef OPERATOR
};
constexpr std::size_t kTokCount = static_cast<std::size_t>(Tok::kGreaterEqual) + 1;

std::string_view spelling(Tok kind);  // "return", "+="; for names and the like, how messages call them
bool is_keyword(Tok kind);

struct Token {
  Tok kind;
  std::uint32_t begin, end;  // byte offsets into the file
};

// A comment `# type: TEXT` (but not `# type: ignore`); begin and end hold TEXT.
struct TypeComment {
  std::uint32_t next_token;  // index of the token that follows it
  std::uint32_t begin, end;
};

struct TokenList {
  std::vector<Token> tokens;  // the last one is kEnd
  std::vector<TypeComment> type_comments;  // in order
};

enum class LexMode : std::uint8_t {
  kFile,        // lines and indentation count
  kExpression,  // as inside brackets: a part of an f-string, a string annotation, a type comment
};

// `within`: the stretch to read; its file's text around it is not looked at.
TokenList lex(Range within, LexMode mode, DiagSink& sink);

}  // namespace fac::script
