#pragma once

#include <string>
#include <string_view>

namespace coxswain::analysis {

// Text of strangers in gnuplot files. In single quotes gnuplot expands neither
// backslashes nor `commands` nor @macros; with noenhanced terminals it is drawn
// letter by letter.

// 'text'; a quote inside becomes an apostrophe, since gnuplot 5.4 reads a
// doubled one at the beginning as an empty string.
std::string quoted_for_script(std::string_view text);
// 'text' for marks of axes, which are formats: quoted_for_script() with each %
// doubled.
std::string quoted_mark(std::string_view text);
// "text" in a data file, whose strings have no escapes: double quotes and
// backslashes are replaced by ' and /.
std::string quoted_for_data(std::string_view text);
// Behind a #: without what could end or continue a comment, or be expanded.
std::string comment_text(std::string_view text);
// Defines spelled(value) for a script: a number with so many decimals, without
// a sign where it is rounded to nothing.
std::string spelled_function(int decimals);
// Every digit; NaN where there is no number.
std::string data_number(double value);

}  // namespace coxswain::analysis
