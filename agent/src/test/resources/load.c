/* load LIBRARY: loads a shared library as the JVM does, which binds a function at its first call. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *library = argc > 1 ? dlopen(argv[1], RTLD_LAZY) : NULL;

	puts(library ? "loaded" : dlerror());
	return !library;
}
