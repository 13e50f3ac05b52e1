#pragma once
// Implements: the files that reports are made of, embedded when the library is built.

#include <string_view>

namespace rraebench {

std::string_view report_template();  // templates/report.html.mustache
std::string_view chart_template();   // templates/chart.html.mustache, which the report's includes
std::string_view report_css();       // templates/report.css
std::string_view report_script();    // templates/report.js
std::string_view theme_script();     // templates/theme.js

}  // namespace rraebench
