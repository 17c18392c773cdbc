/**
 * Stands in for {@code java.util.logging} in the finished jar: the build makes the bundled libraries use these classes
 * instead, so that they neither write on the application's stderr nor initialise its log manager, which it may have yet
 * to choose. Has what the libraries use and no more; a test of the jar tells what is missing. What matters of their log
 * is reported through the agent.
 */
package io.mmapscope.exporter.logging;
