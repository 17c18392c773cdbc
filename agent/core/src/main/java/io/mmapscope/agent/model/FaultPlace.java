package io.mmapscope.agent.model;

/**
 * Where page faults happen that are counted together. Interned by the agent: the same place is the same object.
 * Immutable, safe for any thread.
 *
 * @param id dense, from 0, to find things in an array by
 * @param callSite who made the mapping, or {@link CallSite#UNKNOWN}
 * @param owner whose doing the mapping is; null where what is at the address is not certain
 * @param memory what it is used for; null where that is not certain
 * @param fileExtension the kind of its files, see {@link FileExtension}
 */
public record FaultPlace(int id, CallSite callSite, Owner owner, Memory memory, String fileExtension) {}
