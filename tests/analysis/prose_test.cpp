#include "analysis/forms/prose.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::analysis;

TEST_CASE("paragraphs are wrapped, and references stand below",
          "[analysis][prose]") {
  std::string words;
  for (int i = 0; i < 30; ++i) words += "word ";
  const std::string text = to_text({"Methods", {words, "Short."}, {"A, B."}});
  CHECK_THAT(text, Catch::StartsWith("Methods\n  word word"));
  CHECK_THAT(text, Catch::EndsWith("\n  Short.\n  References\n  - A, B.\n"));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    CHECK(end - at <= 100);
    at = end + 1;
  }
  CHECK(to_text({"Methods", {}, {}}) == "Methods\n");
}

TEST_CASE("names of strangers stay text", "[analysis][prose]") {
  const Prose prose{"M & N", {"a_1 <b> 5 %"}, {"C_2"}};
  CHECK(to_latex(prose) ==
        "\\paragraph{M \\& N.}\na\\_1 \\textless{}b\\textgreater{} 5 \\%\n\n"
        "\\begin{itemize}\n\\item C\\_2\n\\end{itemize}\n");
  CHECK(to_html(prose, "methods") ==
        "<section id=\"methods\">\n<h2>M &amp; N</h2>\n"
        "<p>a_1 &lt;b&gt; 5 %</p>\n<ul>\n<li>C_2</li>\n</ul>\n</section>\n");
}

TEST_CASE("a digest can be broken into lines of LaTeX", "[analysis][prose]") {
  const std::string digest = "0123456789abcdef0123456789abcdef01";
  const std::string latex =
      to_latex({"M", {"(SHA-256 " + digest + "), a decade."}, {}});
  CHECK(latex ==
        "\\paragraph{M.}\n{\\emergencystretch=3em\n(SHA-256 "
        "\\texttt{01234567\\allowbreak{}89abcdef"
        "\\allowbreak{}01234567\\allowbreak{}89abcdef\\allowbreak{}01}), a "
        "decade.\\par}\n\n");
  // Without the breaks it is what it was.
  CHECK(to_text({"M", {digest}, {}}) == "M\n  " + digest + "\n");
  CHECK(to_latex({"M", {digest.substr(0, 31)}, {}}) ==
        "\\paragraph{M.}\n" + digest.substr(0, 31) + "\n\n");
}
