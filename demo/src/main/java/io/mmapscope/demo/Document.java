package io.mmapscope.demo;

/**
 * A document of the index.
 *
 * @param id unique; a document with the same id replaces the older one
 * @param title a few words, returned by searches
 * @param body the text that is searched
 */
public record Document(String id, String title, String body) {}
