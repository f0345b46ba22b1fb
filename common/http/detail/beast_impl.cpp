// The only translation unit that compiles Beast's own implementation
// (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
